"""gunicorn's settings: one process of threads, because SQLite has one writer and sockets share one hub.

`threads` start only when they are needed; every open page takes two of them.
"""

import signal
import threading
from types import FrameType
from typing import Any

from portal.config import BadSetting, Settings


def _load() -> Settings:
    """The settings, or one clear word and no server."""
    try:
        settings = Settings.load()
    except BadSetting as error:
        raise SystemExit(str(error)) from error
    if refusals := settings.refusals():
        raise SystemExit("\n".join(("Comptoir does not serve the public like this.", *refusals)))
    return settings


_settings = _load()

bind = _settings.bind
workers = 1
worker_class = "gthread"
threads = _settings.threads
worker_connections = _settings.threads * 2  # below `threads`, gunicorn would switch keep-alive off
keepalive = 30
graceful_timeout = 10
timeout = 120
control_socket_disable = True  # it would be shared by all instances of a user
limit_request_line = 4094
limit_request_fields = 60
proc_name = "comptoir"
errorlog = "-"
loglevel = _settings.log_level.lower()


def post_worker_init(worker: Any) -> None:
    """At the end of a worker, tell every open page to come back (1012): else each holds it for ten seconds."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        _before(number, _say_goodbye)


def _before(number: int, call: Any) -> None:
    default = signal.getsignal(number)

    def handle(received: int, frame: FrameType | None) -> None:
        # Closing waits for locks that this very thread may hold, so another one does it.
        threading.Thread(target=call, daemon=True).start()
        if callable(default):
            default(received, frame)

    signal.signal(number, handle)


def _say_goodbye() -> None:
    from portal.live import frames
    from portal.live.hub import hub

    hub.end(frames.SERVICE_RESTART)
