"""Each request, counted and logged: by its rule, never by its path, which holds ids and tokens.

A socket is a request that lasts for hours; it is logged when it ends and never counted among the others.
"""

import logging
import re
import secrets
import time

from flask import Flask, Response, current_app, g, request

from portal.config import Settings
from portal.kernel import logs
from portal.kernel.meters import meters

log = logging.getLogger(__name__)

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SOCKETS, SIGN_IN = {"live.live", "live.link"}, "account.sign_in"
NO_SOCKET = {401: "stranger", 403: "origin", 503: "full"}
NO_SIGN_IN = {422: "wrong", 429: "too many"}
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


def install(app: Flask) -> None:
    """Look on. Installed before everything else: first to see a request, and last to see its answer."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _error: logs.about(""))  # the thread goes on to others


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_name = _name()
    logs.about(g.request_name)


def _name() -> str:
    """The request's name in the log; a proxy in front may have given it one."""
    settings: Settings = current_app.config["COMPTOIR"]
    given = request.headers.get("X-Request-Id", "") if settings.trusted_proxies else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    if response.status_code >= 500:
        response.headers["X-Request-Id"] = g.get("request_name", "")  # for who asks what went wrong
    _count(request.endpoint or "none", response.status_code, seconds)
    if not _is_dull(response):
        log.info("socket ended" if _was_socket(response) else "request", extra=_facts(response, seconds))
    return response


def _facts(response: Response, seconds: float) -> dict[str, object]:
    rule = request.url_rule.rule if request.url_rule else None
    facts: dict[str, object] = {
        "method": _method(),
        "rule": rule,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    # Who it was, where that was asked at all: the number that only somebody with the database can read.
    person = getattr(g.get("_login_user"), "person_id", None)
    return facts if person is None else facts | {"person": person}


def _count(endpoint: str, status: int, seconds: float) -> None:
    if endpoint in SOCKETS:
        if status in NO_SOCKET:
            meters.add("sockets_refused", NO_SOCKET[status])
        return
    meters.request(endpoint, _method(), status, seconds)
    if endpoint == SIGN_IN and status in NO_SIGN_IN:
        meters.add("sign_in_failures", NO_SIGN_IN[status])
    if status == 503 and request.blueprint != "health":
        meters.add("unavailable")


def _was_socket(response: Response) -> bool:
    return request.endpoint in SOCKETS and response.status_code < 400


def _is_dull(response: Response) -> bool:
    """Files and probes that went well: many, and all alike."""
    return response.status_code < 400 and (request.endpoint == "static" or request.blueprint == "health")


def _method() -> str:
    """Anybody may send any word for a method."""
    return request.method if request.method in METHODS else "OTHER"
