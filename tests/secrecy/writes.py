"""Every write there is, as one request that succeeds: from the doors' table, and where it has none, made here."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import parse_qsl

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal import access
from portal.access import Held
from portal.actions import (
    agreements,
    awaiting,
    challenges,
    co_owners,
    discussions,
    exports,
    later,
    links,
    participants,
    reminders,
)
from portal.extensions import db
from portal.mailer import codes
from portal.models import Device
from portal.queries import later as later_queries, links as link_queries, reminders as reminder_queries
from portal.web.uploads import TYPE
from tests.actions.rows import decide
from tests.doors.cells import Booth, names, uploads
from tests.doors.steps import invite
from tests.doors.test_table import ROUTES
from tests.links import desk
from tests.mailbox import desk as mail_desk
from tests.secrecy import file_writes
from tests.world import PASSWORD

HTMX = {"HX-Request": "true"}
DOORS = ("console", "client", "links")
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
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def send(self, browser: FlaskClient, **more: object) -> TestResponse:
        """Send it, or something like it."""
        headers = HTMX | self.headers | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        request = {"method": self.method, "data": self.body or self.form | uploads(self.files) or None} | more
        path, _, own = self.path.partition("?")
        asked = dict(request.pop("query_string", {})) | dict(parse_qsl(own))  # type: ignore[call-overload]
        return browser.open(path, headers=headers, query_string=asked, **request)


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


def _exported(booth: Booth) -> Write:
    with booth.app.app_context():
        key = exports.ask_discussion(booth.world.viewer("ines"), booth.world.permit, contents="firm")
    return Write("ines", "POST", f"/console/exports/{key}/removal", 303)


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


def _linked(booth: Booth, name: str = "marie") -> tuple[str, Held]:
    """A mail's page, and who has its link."""
    key = desk.mailed(booth.world, name)
    return desk.page(key), access.by_link(desk.link(key))


def _said_by_link(booth: Booth) -> Write:
    """Where the firm wants no codes, of nobody who is signed in."""
    with booth.app.app_context():
        desk.want_no_codes()
        return Write(None, "POST", f"{_linked(booth)[0]}/messages", 201, desk.said())


def _read_by_link(booth: Booth) -> Write:
    with booth.app.app_context():
        return Write("marie", "POST", f"{_linked(booth)[0]}/read-mark", 204, {"number": "1"})


def _code(booth: Booth) -> Write:
    with booth.app.app_context():
        return Write(None, "POST", f"{_linked(booth)[0]}/code", 200)


def _device_by_code(booth: Booth) -> Write:
    booth.held = {"browser": "this one"}
    with booth.app.app_context():
        path, held = _linked(booth)
        codes.ask_for_link(held, "this one", desk.HOUSE)
        return Write(None, "POST", f"{path}/device", 201, desk.said() | {"code": desk.code(booth.world)})


def _unsubscribed(booth: Booth) -> Write:
    with booth.app.app_context():
        key = desk.link(desk.mailed(booth.world), "unsubscribe")
    return Write(None, "POST", f"/unsubscribe/{key}", 200)


def _subscribed(booth: Booth) -> Write:
    given = _unsubscribed(booth)
    with booth.app.app_context():
        links.unsubscribe(given.path.rpartition("/")[2])
    return replace(given, path=f"{given.path}/undo")


def _asked_to_sign_in(booth: Booth) -> str:
    """Marie's mail with link and code; gives its id."""
    challenges.ask_to_sign_in("marie@example.com", "this one")
    codes.answer(desk.HOUSE)
    return desk.newest(booth.world, "marie", "sign_in")


def _sign_in_by_code(booth: Booth) -> Write:
    booth.held = {"browser": "this one"}
    with booth.app.app_context():
        _asked_to_sign_in(booth)
        form = {"email": "marie@example.com", "code": desk.code(booth.world, kind="sign_in")}
    return Write(None, "POST", "/sign-in-code", 303, form)


def _sign_in_by_link(booth: Booth) -> Write:
    with booth.app.app_context():
        return Write(None, "POST", f"/sign-in/{desk.link(_asked_to_sign_in(booth), 'sign_in')}", 303)


def _link_device(booth: Booth) -> Write:
    with booth.app.app_context():
        _, held = _linked(booth)
        codes.ask_for_link(held, "this one", desk.HOUSE)
        challenges.enter_link(held.viewer, "this one", desk.code(booth.world), "")
        (device,) = link_queries.devices(booth.world.viewer("marie"))
    return Write("marie", "POST", f"/profile/link-devices/{device.id}", 303)


def _own_links(booth: Booth) -> Write:
    with booth.app.app_context():
        desk.mailed(booth.world)
    return Write("marie", "POST", "/profile/links", 303)


def _links_of(booth: Booth) -> Write:
    with booth.app.app_context():
        desk.mailed(booth.world)
    return Write("ines", "DELETE", f"/console/people/{booth.world.keys['marie']}/links", 200)


def _link_of(booth: Booth) -> Write:
    with booth.app.app_context():
        key = desk.mailed(booth.world)
    return Write("ines", "DELETE", f"/console/people/{booth.world.keys['marie']}/links/{key}", 200)


def _held(booth: Booth, what: str) -> Write:
    """A mail that waits for Ines, who takes part in its discussion."""
    booth.app.config["COMPTOIR"] = replace(booth.app.config["COMPTOIR"], reply_address=mail_desk.HOUSE.reply_address)
    with booth.app.app_context():
        key = mail_desk.held(booth.world).public_id
    return Write("ines", "POST", f"/console/mails/held/{key}/{what}", 303)


def _unknown(booth: Booth) -> Write:
    with booth.app.app_context():
        key = mail_desk.arrive(mail_desk.letter("x@example.com", message_id="<two@example.net>")).public_id
    return Write("adam", "POST", f"/console/mails/unknown/{key}/setting-aside", 303)


def _awaited(booth: Booth, *, asked: bool = False) -> Write:
    """Eva was invited, and is to be in the permit when she is active; or is so already."""
    key, _ = invite(booth.app, booth)
    path = f"/console/discussions/{booth.world.permit}/awaited"
    if not asked:
        return Write("ines", "POST", path, 204, {"person": key, "confirmed": "1"})
    with booth.app.app_context():
        awaiting.ask(booth.world.viewer("ines"), booth.world.permit, key, confirmed=True)
    return Write("ines", "DELETE", f"{path}/{key}", 204)


def _read_by_many(booth: Booth) -> Write:
    """An announcement of Ines."""
    north, person = booth.world.brands["North"], booth.world.keys["luc"]
    with booth.app.app_context():
        key = discussions.create(
            booth.world.viewer("ines"), title="Summer", audience="shared", brand_key=north, kind="announcement"
        )
    return Write("ines", "POST", f"/console/discussions/{key}/readers", 204, {"person": person})


def _later(booth: Booth, who: str, more: str = "", ok: int = 200, form: dict[str, str] | None = None) -> Write:
    """Something that waits of somebody's."""
    with booth.app.app_context():
        viewer = booth.world.viewer(who)
        later.schedule(viewer, booth.world.permit, body="Later", due="+60", token=secrets.token_hex(16))
        (view,) = later_queries.of_person(viewer)
    door = "/console" if who == "ines" else ""
    return Write(who, "POST", f"{door}/later/{view.id}{more}", ok, form or {})


def _reminder(booth: Booth, method: str) -> Write:
    with booth.app.app_context():
        viewer = booth.world.viewer("ines")
        reminders.remind(viewer, booth.world.permit, due="reply")
        (view,) = reminder_queries.of_person(viewer)
    return Write("ines", method, f"/console/reminders/{view.id}", 204, {"when": "+60"} if method == "POST" else {})


def _asked(booth: Booth) -> str:
    world = booth.world
    sent = secrets.token_hex(16)
    return agreements.ask(world.viewer("ines"), world.permit, world.text, body="Agreed?", token=sent)


def _withdrawn(booth: Booth) -> Write:
    with booth.app.app_context():
        place = f"/console/discussions/{booth.world.permit}"
        return Write("ines", "DELETE", f"{place}/agreements/{_asked(booth)}", 200)


def _agreed(booth: Booth) -> Write:
    with booth.app.app_context():
        path = f"/discussions/{booth.world.permit}/agreements/{_asked(booth)}"
        return Write("marie", "POST", path, 200, {"answer": "agreed"})


def _agreed_by_link(booth: Booth) -> Write:
    with booth.app.app_context():
        desk.want_no_codes()
        return Write(None, "POST", f"{_linked(booth)[0]}/agreements/{_asked(booth)}", 200, {"answer": "agreed"})


ELSE = {"body": "Else", "when": "+60"}
LATER = {
    (f"{door}.{name}", "POST"): partial(_later, who=who, more=more, form=form)
    for door, who in (("console", "ines"), ("client", "marie"))
    for name, more, form in (
        ("change_later", "", ELSE),
        ("send_later_now", "/sending", None),
        ("take_back_later", "/withdrawal", None),
    )
}


def _part_of_a_file(booth: Booth, door: str) -> Write:
    there = file_writes.begun(booth, door)
    headers = {"Upload-Offset": "0", "Content-Type": TYPE}
    return Write(there.who, "POST", there.path, 204, headers=headers, body=b"12345")


def _file_left_out(booth: Booth, door: str) -> Write:
    there = file_writes.begun(booth, door)
    return Write(there.who, "DELETE", there.path, 204)


def _file_by_link(booth: Booth) -> Write:
    there = file_writes.begun(booth, "links")
    return Write(None, "POST", there.path.rpartition("/")[0], 201, {"name": "plan.pdf", "size": "5"})


MADE: dict[tuple[str, str], Callable[[Booth], Write]] = {
    **LATER,
    ("console.snooze", "POST"): partial(_reminder, method="POST"),
    ("console.reminder_done", "DELETE"): partial(_reminder, method="DELETE"),
    ("console.withdraw_agreement", "DELETE"): _withdrawn,
    ("client.answer_agreement", "POST"): _agreed,
    ("links.answer_agreement", "POST"): _agreed_by_link,
    ("console.drop_export", "POST"): _exported,
    ("console.ownership", "POST"): _ownerless,
    ("console.make_co_owner", "POST"): _to_co_own,
    ("console.unmake_co_owner", "DELETE"): _co_owned,
    ("console.invite_again", "POST"): _again,
    ("console.expect", "POST"): _awaited,
    ("console.expect_no_more", "DELETE"): partial(_awaited, asked=True),
    ("console.add_readers", "POST"): _read_by_many,
    ("console.withdraw", "DELETE"): _withdraw,
    ("account.accept", "POST"): _accept,
    ("account.revoke_device", "POST"): _device,
    ("account.password", "POST"): _password,
    ("account.found", "POST"): _found,
    ("console.accept_mail", "POST"): partial(_held, what="acceptance"),
    ("console.refuse_mail", "POST"): partial(_held, what="refusal"),
    ("console.set_aside_mail", "POST"): _unknown,
    ("links.create_message", "POST"): _said_by_link,
    ("links.read_mark", "POST"): _read_by_link,
    ("links.begin_upload", "POST"): _file_by_link,
    **{(f"{door}.bring_upload", "POST"): partial(_part_of_a_file, door=door) for door in DOORS},
    **{(f"{door}.leave_out_upload", "DELETE"): partial(_file_left_out, door=door) for door in DOORS},
    ("links.ask_code", "POST"): _code,
    ("links.enter_code", "POST"): _device_by_code,
    ("links.unsubscribe", "POST"): _unsubscribed,
    ("links.resubscribe", "POST"): _subscribed,
    ("account.sign_in_code", "POST"): _sign_in_by_code,
    ("account.sign_in_by_link", "POST"): _sign_in_by_link,
    ("account.revoke_link_device", "POST"): _link_device,
    ("account.end_links", "POST"): _own_links,
    ("console.end_links", "DELETE"): _links_of,
    ("console.end_link", "DELETE"): _link_of,
}
