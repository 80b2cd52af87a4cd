"""Door of whoever runs the machine: is it alive, is it ready, and its numbers. Nobody signs in here."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask

from portal.config import Settings
from portal.health import metrics, probes

blueprint = Blueprint("health", __name__)
probes.install(blueprint)
metrics.install(blueprint)

PATHS = frozenset(("/health/live", "/health/ready", "/metrics"))


class AtAnyName:
    """Load balancers and Prometheus come to an address, not to a name, and ours alone are answered.

    What is answered here has no link, no cookie and nothing of anybody in it, so that it may be asked by any name.
    """

    def __init__(self, app: Any, host: str) -> None:
        self._app, self._host = app, host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Have the host of these few requests be the trusted one."""
        if environ.get("PATH_INFO") in PATHS:
            environ = environ | {"HTTP_HOST": self._host}
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


def install(app: Flask) -> None:
    """The door. Before `web`, so that what a proxy says of the host is read first."""
    app.register_blueprint(blueprint)
    settings: Settings = app.config["COMPTOIR"]
    if settings.trusted_hosts:
        host = settings.trusted_hosts[0].lstrip(".")
        app.wsgi_app = AtAnyName(app.wsgi_app, host)  # type: ignore[method-assign]
