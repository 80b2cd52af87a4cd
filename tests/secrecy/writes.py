"""Every write there is, as one request that succeeds: from the doors' table, and where it has none, made here."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.actions import participants
from portal.extensions import db
from portal.models import Device
from tests.conftest import Stage
from tests.doors.steps import invite
from tests.doors.test_table import ROUTES, _names
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

    def send(self, browser: FlaskClient, **more: object) -> TestResponse:
        """Send it, or something like it."""
        headers = HTMX | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        request = {"method": self.method, "data": self.form or None} | more
        return browser.open(self.path, headers=headers, **request)


def there(app: Flask) -> set[tuple[str, str]]:
    """(endpoint, method) of every write that the application routes."""
    writing = {"POST", "PUT", "PATCH", "DELETE"}
    return {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in (rule.methods or ()) & writing}


def known() -> list[tuple[str, str]]:
    """(endpoint, method) of every write of which a request that succeeds is known, in order."""
    return sorted({(r.endpoint, r.method) for r in ROUTES if r.method != "GET" and r.get} | set(MADE))


def prepared(app: Flask, stage: Stage, endpoint: str, method: str) -> Write:
    """A write through that door which succeeds, once."""
    if (endpoint, method) in MADE:
        return MADE[endpoint, method](app, stage)
    route = next(r for r in ROUTES if (r.endpoint, r.method) == (endpoint, method) and r.get)
    fill = _names(stage.world)
    form = {key: value.format(**fill) for key, value in route.form.items()}
    return Write(_first(route.get), method, route.path.format(**fill), route.ok, form)


def token_of(app: Flask, browser: FlaskClient) -> str:
    """The token that this browser's pages hold, as the server signs it."""
    with browser.session_transaction() as session:
        secret = session.setdefault("csrf_token", secrets.token_hex(20))
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(secret))


def _first(people: tuple[str | None, ...]) -> str | None:
    return "marie" if "marie" in people else sorted(people, key=str)[0]


def _ownerless(app: Flask, stage: Stage) -> Write:
    with app.app_context():
        participants.leave(stage.world.viewer("ines"), stage.world.permit)
    return Write("adam", "POST", f"/console/ownerless/{stage.world.permit}", 201)


def _again(app: Flask, stage: Stage) -> Write:
    key, _ = invite(app, stage)
    return Write("olga", "POST", f"/console/people/{key}/invitation", 200)


def _withdraw(app: Flask, stage: Stage) -> Write:
    key, _ = invite(app, stage)
    return Write("olga", "DELETE", f"/console/people/{key}/invitation", 204)


def _accept(app: Flask, stage: Stage) -> Write:
    _, link = invite(app, stage)
    return Write(None, "POST", link, 303, {"name": "Eva", "password": PASSWORD, "time_zone": "Europe/Paris"})


def _device(app: Flask, stage: Stage) -> Write:
    with app.app_context():
        stage.world.cookie_secret("marie")
        mine = select(Device.public_id).where(Device.person_id == stage.world.person_id("marie"))
        key = db.session.scalars(mine.order_by(Device.id.desc())).first()
        db.session.remove()
    return Write("marie", "POST", f"/profile/devices/{key}", 303)


def _password(app: Flask, stage: Stage) -> Write:
    return Write("marie", "POST", "/profile/password", 303, {"current": PASSWORD, "new": "n" * 12, "again": "n" * 12})


def _found(app: Flask, stage: Stage) -> Write:
    """The first run, of a firm that is gone: everything else is as it was."""
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM firm")
    form = {"firm": "Mine", "name": "Eve", "email": "eve@example.com", "password": PASSWORD, "time_zone": "UTC"}
    return Write(None, "POST", "/start", 303, form)


MADE: dict[tuple[str, str], Callable[[Flask, Stage], Write]] = {
    ("console.ownership", "POST"): _ownerless,
    ("console.invite_again", "POST"): _again,
    ("console.withdraw", "DELETE"): _withdraw,
    ("account.accept", "POST"): _accept,
    ("account.revoke_device", "POST"): _device,
    ("account.password", "POST"): _password,
    ("account.found", "POST"): _found,
}
