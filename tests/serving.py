"""The real server, gunicorn by the committed configuration, on a copy of the stage."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from simple_websocket import Client

from portal.extensions import db
from tests.conftest import Stage, make_app
from tests.faces import lend
from tests.promises import whole
from tests.warm import Forked

ROOT = Path(__file__).resolve().parent.parent
KEY = "k" * 64
PATIENCE = 60  # seconds; a machine may be busy


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Server:
    """One installation: a directory, a port, and the process while it runs."""

    var: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    under: tuple[str, ...] = ()  # a program that runs it, with its options, such as strace
    log_file: Path | None = None  # where it writes what it says; in `var` unless named
    wsgi: str = "app:app"
    process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.var / "comptoir.db"

    @property
    def environment(self) -> dict[str, str]:
        """What tells it, and commands about it, where all is."""
        environment = os.environ | {f"COMPTOIR_{name}": value for name, value in self.settings.items()}
        return environment | {
            "COMPTOIR_VAR": str(self.var),
            "COMPTOIR_SECRET_KEY": KEY,
            "COMPTOIR_BIND": f"127.0.0.1:{self.port}",
            "COMPTOIR_DATABASE_URL": f"sqlite:///{self.database}",
        }

    def start(self) -> "Server":
        """Start it, and wait until it answers."""
        self.log_file = self.log_file or self.var / "server.log"
        if self.under or whole():
            self.process = self._from_cold(self.log_file)
        else:
            self.process = Forked(ROOT, self.environment, self.log_file, self.wsgi)
        self._wait()
        return self

    def _from_cold(self, log_file: Path) -> "subprocess.Popen[bytes]":
        command = [*self.under, sys.executable, "-m", "gunicorn", "-c", "python:portal.gunicorn_conf", self.wsgi]
        with log_file.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, process_group=0)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait for its end."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None

    def kill(self) -> None:
        """`kill -9`, master and worker at once: one that outlived the other would keep the port, or be replaced."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)
            self.process = None

    def reload(self) -> None:
        """Have a new worker take the old one's place (HUP)."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    @property
    def worker(self) -> int:
        """The process id of its worker."""
        assert self.process is not None
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def log(self) -> str:
        """What it wrote."""
        return self.log_file.read_text() if self.log_file else ""

    def mishaps(self) -> list[str]:
        """The lines of it that hold an error of ours."""
        return [line for line in self.log().splitlines() if "Traceback" in line]

    def app(self) -> Flask:
        """An application on the same database, to look and act beside the server."""
        return make_app(f"sqlite:///{self.database}", self.var)

    @contextmanager
    def beside(self) -> Iterator[Flask]:
        """The same inside its context, put away at the end: a second process on the database, in effect."""
        app = self.app()
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                link.request("GET", "/brand.css")
                if link.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server did not answer:\n{self.log()}")


def install(stage: Stage, var: Path, **settings: str) -> Server:
    """A new installation with the cast in it."""
    var.mkdir(parents=True, exist_ok=True)
    server = Server(var, settings=settings)
    shutil.copyfile(stage.file, server.database)
    lend(stage.world.files, var)
    return server


def cookie(app: Flask, secret: str) -> str:
    """The session cookie of a device, as the server signs it."""
    return f"comptoir={signed(app, {'_user_id': secret, '_permanent': True})}"


def signed(app: Flask, held: dict[str, object]) -> str:
    """A session that holds this, as the server signs it into a cookie."""
    return str(app.session_interface.get_signing_serializer(app).dumps(held))  # type: ignore[attr-defined]


class PageSocket(Client):
    """A socket as browsers open it: with the port in `Host`, which this client leaves out."""

    def handshake(self) -> None:
        self.host = f"{self.host}:{self.port}"
        super().handshake()
        self._handle_events()  # a first frame may come with the answer itself, and would wait there for a second


def listen(server: Server, cookie: str | None, origin: str | None = None) -> Client:
    """A page's socket."""
    headers = {"Origin": server.url if origin is None else origin}
    if cookie:
        headers["Cookie"] = cookie
    page = PageSocket(f"ws://127.0.0.1:{server.port}/live", headers=headers)
    assert page.receive(timeout=PATIENCE) == '{"beat":1}', "from here on it is told everything"
    return page
