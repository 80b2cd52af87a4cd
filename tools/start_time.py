"""How long `bin/run` takes to its first page, on an installation that is there: the least of five.

.venv/bin/python -m tools.start_time
"""

import http.client
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tests.serving import free_port

ROOT = Path(__file__).resolve().parent.parent
TIMES = 5


def main() -> None:
    """Fill an installation with the demo, then start it again and again."""
    with tempfile.TemporaryDirectory() as var:
        environment = os.environ | {"COMPTOIR_VAR": var}
        first = _start(environment)
        taken = [_start(environment) for _ in range(TIMES)]
    print(f"with an empty database {first:.2f} s; then", *(f"{seconds:.2f}" for seconds in taken), end=" ")
    print(f"s: at least {min(taken):.2f} s")


def _start(environment: dict[str, str]) -> float:
    port, began = free_port(), time.monotonic()
    command = [str(ROOT / "bin/run"), "--bind", f"127.0.0.1:{port}"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as server:
        while not _answers(port):
            if server.poll() is not None:
                raise SystemExit("it does not start")
            time.sleep(0.01)
        taken = time.monotonic() - began
        server.send_signal(signal.SIGTERM)
    return taken


def _answers(port: int) -> bool:
    try:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        link.request("GET", "/login")
        return link.getresponse().status == 200
    except OSError:
        return False


if __name__ == "__main__":
    main()
