"""Every write there is, as one request that succeeds: from the doors' table, and where it has none, made here."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.actions import co_owners, participants
from portal.extensions import db
from portal.models import Device
from tests.actions.rows import decide
from tests.doors.cells import Booth, names, uploads
from tests.doors.steps import invite
from tests.doors.test_table import ROUTES
from tests.world import PASSWORD

HTMX = {"HX-Request": "true"}
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Write:
    """One request of somebody's that writes, and the status that says it did."""

    who: str | None
    method: str
    path: str
    ok: int
    form: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def send(self, browser: FlaskClient, **more: object) -> TestResponse:
        """Send it, or something like it."""
        headers = HTMX | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        request = {"method": self.method, "data": self.form | uploads(self.files) or None} | more
        return browser.open(self.path, headers=headers, **request)


def there(app: Flask) -> set[tuple[str, str]]:
    """(endpoint, method) of every write that the application routes."""
    writing = {"POST", "PUT", "PATCH", "DELETE"}
    return {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in (rule.methods or ()) & writing}


def known() -> list[tuple[str, str]]:
    """(endpoint, method) of every write of which a request that succeeds is known, in order."""
    return sorted({(r.endpoint, r.method) for r in ROUTES if r.method != "GET" and r.get} | set(MADE))


@contextmanager
def given(booth: Booth, endpoint: str, method: str) -> Iterator[Write]:
    """The same, with what it needs in the booth, which is as it was at the end."""
    with booth.on_the_side():
        write = prepared(booth, endpoint, method)
    try:
        yield write
    finally:
        booth.reset()


def prepared(booth: Booth, endpoint: str, method: str) -> Write:
    """A write through that door which succeeds, once."""
    if (endpoint, method) in MADE:
        return MADE[endpoint, method](booth)
    route = next(r for r in ROUTES if (r.endpoint, r.method) == (endpoint, method) and r.get)
    fill = names(booth.world)
    form = {key: value.format(**fill) for key, value in route.form.items()}
    return Write(_first(route.get), method, route.path.format(**fill), route.ok, form, route.files)


def token_of(app: Flask, browser: FlaskClient) -> str:
    """The token that this browser's pages hold, as the server signs it."""
    with browser.session_transaction() as session:
        secret = session.setdefault("csrf_token", secrets.token_hex(20))
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(secret))


def _first(people: tuple[str | None, ...]) -> str | None:
    return "marie" if "marie" in people else sorted(people, key=str)[0]


def _ownerless(booth: Booth) -> Write:
    with booth.app.app_context():
        participants.leave(booth.world.viewer("ines"), booth.world.permit)
    return Write("adam", "POST", f"/console/ownerless/{booth.world.permit}", 201)


def _to_co_own(booth: Booth) -> Write:
    """Ines owns the permit, in a firm that has co-owners."""
    with booth.app.app_context():
        decide(booth.world, co_owners=True)
    hugo = booth.world.keys["hugo"]
    return Write("ines", "POST", f"/console/discussions/{booth.world.permit}/participants/{hugo}/co-ownership", 204)


def _co_owned(booth: Booth) -> Write:
    given = _to_co_own(booth)
    with booth.app.app_context():
        co_owners.make(booth.world.viewer("ines"), booth.world.permit, booth.world.keys["hugo"])
    return replace(given, method="DELETE")


def _again(booth: Booth) -> Write:
    key, _ = invite(booth.app, booth)
    return Write("olga", "POST", f"/console/people/{key}/invitation", 200)


def _withdraw(booth: Booth) -> Write:
    key, _ = invite(booth.app, booth)
    return Write("olga", "DELETE", f"/console/people/{key}/invitation", 204)


def _accept(booth: Booth) -> Write:
    _, link = invite(booth.app, booth)
    return Write(None, "POST", link, 303, {"name": "Eva", "password": PASSWORD, "time_zone": "Europe/Paris"})


def _device(booth: Booth) -> Write:
    with booth.app.app_context():
        booth.world.cookie_secret("marie")
        mine = select(Device.public_id).where(Device.person_id == booth.world.person_id("marie"))
        key = db.session.scalars(mine.order_by(Device.id.desc())).first()
        db.session.remove()
    return Write("marie", "POST", f"/profile/devices/{key}", 303)


def _password(booth: Booth) -> Write:
    return Write("marie", "POST", "/profile/password", 303, {"current": PASSWORD, "new": "n" * 12, "again": "n" * 12})


def _found(booth: Booth) -> Write:
    """The first run, of a firm that is gone: everything else is as it was."""
    with booth.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM firm")
    form = {"firm": "Mine", "name": "Eve", "email": "eve@example.com", "password": PASSWORD, "time_zone": "UTC"}
    return Write(None, "POST", "/start", 303, form)


MADE: dict[tuple[str, str], Callable[[Booth], Write]] = {
    ("console.ownership", "POST"): _ownerless,
    ("console.make_co_owner", "POST"): _to_co_own,
    ("console.unmake_co_owner", "DELETE"): _co_owned,
    ("console.invite_again", "POST"): _again,
    ("console.withdraw", "DELETE"): _withdraw,
    ("account.accept", "POST"): _accept,
    ("account.revoke_device", "POST"): _device,
    ("account.password", "POST"): _password,
    ("account.found", "POST"): _found,
}
