"""gunicorn's settings: one process of threads, because SQLite has one writer and sockets share one hub.

`threads` start only when they are needed, and answer requests; open pages take none.
"""

import resource
from dataclasses import replace
from typing import Any

from gunicorn.glogging import Logger

from portal.config import BadSetting, Settings
from portal.kernel import logs
from portal.mailbox.listener import Standing
from portal.worker import set_to_work


def _load() -> Settings:
    """The settings, or one clear word and no server."""
    try:
        settings = Settings.load()
    except BadSetting as error:
        raise SystemExit(str(error)) from error
    return _refuse_unsafe(settings)


def _refuse_unsafe(settings: Settings) -> Settings:
    if refusals := settings.refusals():
        raise SystemExit("\n".join(("Comptoir does not serve the public like this.", *refusals)))
    return settings


def _allow_files() -> None:
    """As many open files as the machine lets us have: each page takes one, and many start with 1,024 for all."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class CleanLogger(Logger):
    """gunicorn's log in the shape of ours. It has no access log: that would be a list of addresses."""

    def setup(self, cfg: Any) -> None:
        """Once its own handlers stand."""
        super().setup(cfg)
        logs.configure(_settings.log_level)

    def access(self, *_request: Any) -> None:
        """Each request is logged by portal.web.watch, where its rule is known."""


_settings = _load()
_allow_files()
_listening: list[Standing] = []

bind = _settings.bind
workers = 1
worker_class = "portal.server.Worker"  # gthread, patient with slow clients
threads = _settings.threads
worker_connections = _settings.connections
keepalive = 30
graceful_timeout = 10
timeout = 120
control_socket_disable = True  # it would be shared by all instances of a user
limit_request_line = 4094
limit_request_fields = 60
# What stands in front is named by TRUSTED_PROXIES alone. By itself gunicorn believes whoever comes from this
# machine, or by a unix socket: that people came by https, and even by which address (SCRIPT_NAME).
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
proc_name = "comptoir"
errorlog = "-"
loglevel = _settings.log_level.lower()
logger_class = CleanLogger


def post_worker_init(worker: Any) -> None:
    """The web process does what is due, unless `comptoir worker` does."""
    if _settings.worker == "embedded":
        set_to_work(worker.wsgi)
        if _settings.mail_listen:
            _listening.append(Standing(worker.wsgi))


def worker_exit(_server: Any, _worker: Any) -> None:
    """Take no more mail: what was not answered is brought again."""
    for listener in _listening:
        listener.stop()


def on_starting(server: Any) -> None:
    """gunicorn's own option for where to listen wins over ours, and is looked at like ours."""
    for address in server.cfg.bind:
        _refuse_unsafe(replace(_settings, bind=str(address)))
