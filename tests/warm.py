"""Servers forked from a process that has done once what all would do: a start costs a tenth of a second, not two.

What runs is gunicorn, by the committed configuration, in a process of its own with an environment of its own.
"""

import os
import signal
import sys
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

_context = get_context("forkserver")
# Not what reads the environment as it is imported: portal.gunicorn_conf, app.
_context.set_forkserver_preload(["tests.warmed", "portal.server", "gunicorn.app.wsgiapp", "gunicorn.arbiter"])


class Forked:
    """A server's process, used as one of `subprocess` is."""

    def __init__(self, root: Path, environment: dict[str, str], log: Path, wsgi: str) -> None:
        """Starts it; it ends with the tests, however they end."""
        what = _What(str(root), environment, str(log), wsgi)
        self._process = _context.Process(target=what.serve, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Also its group's."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, how: signal.Signals) -> None:
        """To the master alone."""
        os.kill(self.pid, how)

    def wait(self, seconds: float) -> None:
        """Until it has ended; raises TimeoutError."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutError(f"{self.pid} goes on after {seconds} s")


@dataclass(frozen=True)
class _What:
    root: str
    environment: dict[str, str]
    log: str
    wsgi: str

    def serve(self) -> None:
        os.setpgid(0, 0)
        os.chdir(self.root)
        os.environ.clear()
        os.environ.update(self.environment)
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        for standard in (sys.stdout, sys.stderr):
            os.dup2(log, standard.fileno())
        sys.argv = ["gunicorn", "-c", "python:portal.gunicorn_conf", self.wsgi]
        from gunicorn.app.wsgiapp import run

        run()
