"""How soon a message is with the mail server, and what ten thousand due notices do to pages.

python -m tools.bench_notices soon [messages]   from the answer to a message to its mail at the SMTP server, wait 0
python -m tools.bench_notices many [notices]    pages' times before, and while so many notices become mails

Real gunicorn with its embedded worker, a real SMTP server (aiosmtpd) in this process.
"""

import http.client
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select, update

from portal.actions import messages
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Account, Address, Conversation, Firm, Participation, Person
from tests import world as cast
from tests.databases import migrate
from tests.mailer import post_office as post_offices
from tests.mailer.post_office import PostOffice, post_office
from tests.serving import Server, cookie
from tests.world import World, token

CLIENTS = 200  # in each discussion
CALM = 12.0  # seconds in which pages are measured before


def main() -> None:
    """Do what the arguments say."""
    what, number = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with tempfile.TemporaryDirectory() as folder, post_office() as office:
        server = Server(Path(folder), settings={"SMTP_URL": f"smtp://127.0.0.1:{office.port}", "MAIL_FROM": "p@x.org"})
        migrate(f"sqlite:///{server.database}", server.var)
        with server.beside() as app:
            world = cast.build()
            with transaction():
                db.session.execute(update(Firm).values(mail_wait=0, mail_gap=0))
            {"soon": soon, "many": many}[what](server, office, app, world, number)


def soon(server: Server, office: PostOffice, app: Flask, world: World, number: int) -> None:
    """Ines writes to Marie, who reads nothing meanwhile."""
    ines, waits = cookie(app, world.cookie_secret("ines")), []
    with _running(server):
        for one in range(number or 100):
            answered = _post(server, ines, world, f"number {one}.")
            while not any(f"number {one}." in str(mail.get_body(("plain",))) for mail in office.taken[-6:]):
                time.sleep(0.002)
            waits.append(time.monotonic() - answered)
            time.sleep(0.35)
    print(f"{len(waits)} messages, wait 0: with the SMTP server after {_times(waits)}")


def many(server: Server, office: PostOffice, app: Flask, world: World, number: int) -> None:
    """Somebody reads pages all the time."""
    post_offices.message_from_bytes = _unread  # to read them would slow down who measures, in the same process
    discussions = (number or 10_000) // CLIENTS
    keys = _fill(world, discussions)
    ines = cookie(app, world.cookie_secret("ines"))
    with _running(server):
        calm = time.monotonic() + CALM
        before = _read(server, ines, world, lambda: time.monotonic() > calm)
        for key in keys:
            messages.post(world.viewer("ines"), key, body="For all of you.", token=token())
        began = time.monotonic()
        during = _read(server, ines, world, lambda: len(office.taken) >= discussions * CLIENTS)
        took = time.monotonic() - began
    print(f"pages before: {_times(before)}; during: {_times(during)}")
    print(f"{len(office.taken)} notices were mails with the SMTP server after {took:.0f} s")


def _unread(raw: bytes, **_more: object) -> bytes:
    return raw


@contextmanager
def _running(server: Server) -> Iterator[None]:
    server.start()
    time.sleep(2)
    try:
        yield
    finally:
        server.stop()


def _fill(world: World, discussions: int) -> list[str]:
    """Discussions of Ines's, with so many clients each."""
    brand, ines = db.session.scalars(select(Conversation.brand_id)).first(), world.person_id("ines")
    about = {"audience": "shared", "brand_id": brand, "creator_id": ines, "owner_id": ines, "public_seq": 0}
    with transaction():
        people = [Person(name=f"Client {n}", face="client", language="fr") for n in range(CLIENTS)]
        rooms = [Conversation(title=f"Room {n}", **about) for n in range(discussions)]
        db.session.add_all([*people, *rooms])
        db.session.flush()
        for one in people:
            db.session.add(Account(person_id=one.id, role="client", state="active"))
            db.session.add(Address(person_id=one.id, email=f"client{one.id}@example.com", verified_at=now()))
        stays = [{"conversation_id": room.id, "person_id": ines, "face": "staff"} for room in rooms]
        stays += [{"conversation_id": r.id, "person_id": p.id, "face": "client"} for r in rooms for p in people]
        db.session.execute(insert(Participation), stays)
        return [room.public_id for room in rooms]


def _post(server: Server, cookie: str, world: World, body: str) -> float:
    """Ines sends it; gives when it was answered."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    link.request("GET", f"/console/discussions/{world.permit}", headers={"Cookie": cookie})
    answer = link.getresponse()
    page, cookie = answer.read().decode(), (answer.getheader("Set-Cookie") or cookie).partition(";")[0]
    csrf = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = f"body={body.replace(' ', '+')}&kind=text&token={token()}&csrf_token={csrf}"
    headers = {"Cookie": cookie, "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
    link.request("POST", f"/console/discussions/{world.permit}/messages", form, headers)
    answer = link.getresponse()
    answer.read()
    if answer.status != 201:
        raise SystemExit(f"{answer.status}")
    return time.monotonic()


def _read(server: Server, cookie: str, world: World, done: Callable[[], bool]) -> list[float]:
    """How long pages take, ten a second, until it is done."""
    link, times = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60), []
    while not done():
        for path in ("/console/discussions", f"/console/discussions/{world.permit}", "/console/people"):
            began = time.monotonic()
            link.request("GET", path, headers={"Cookie": cookie})
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{answer.status}")
            times.append(time.monotonic() - began)
            time.sleep(max(0.0, 0.1 - times[-1]))
    return times


def _times(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    p50, p95 = (1000 * ordered[int(len(ordered) * part)] for part in (0.5, 0.95))
    return f"{p50:.0f} ms (p50), {p95:.0f} ms (p95), {1000 * ordered[-1]:.0f} ms at most, of {len(ordered)}"


if __name__ == "__main__":
    main()
