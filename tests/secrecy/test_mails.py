"""RELIABILITY S2 in mails: every header and every part of every mail that clients are sent is searched."""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import firm, messages, people, turns
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices, reminders, weekly
from portal.mailer.building import build
from portal.mailer.house import House
from portal.mailer.outbox import WRITTEN_LATE
from portal.models import Face, Mail, Message, MessageKind, Participation, Person
from portal.queries import mails as queries
from portal.queries.mails import Outgoing
from tests.actions.rows import add
from tests.conftest import Stage
from tests.mailer.told import ANSWERED, say
from tests.promises import Figure, rounds
from tests.secrecy import news
from tests.secrecy.hidden import HIDDEN
from tests.secrecy.test_canary import WATCHED
from tests.secrecy.test_crawl import CANARY, Secretive, _open_rooms
from tests.world import World, token

STAFF = ("olga", "adam", "ines", "hugo", "nina", "sam")


@dataclass
class Post:
    """All mails as they leave, by who gets them; time goes by for each look."""

    world: World
    apart: int = 2  # hours between two looks
    hours: int = 0
    last: int = 0
    sent: dict[str, list[EmailMessage]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def collect(self) -> list[EmailMessage]:
        """Write what is due, and take what would be sent; gives what is new."""
        self.hours += self.apart
        with clock.at(clock.now() + timedelta(hours=self.hours)):
            while notices.tell(ANSWERED):
                pass
            while weekly.write(ANSWERED) or reminders.ring(ANSWERED):
                pass
        db.session.rollback()
        new = list(self._new())
        for mail in new:
            self.sent.setdefault(str(mail["To"]).partition("@")[0], []).append(mail)
        return new

    def _new(self) -> Iterator[EmailMessage]:
        for key in db.session.scalars(select(Mail.id).where(Mail.id > self.last).order_by(Mail.id)).all():
            self.last = key
            found = queries.outgoing(key)
            if found and not found.reason and (ready := WRITTEN_LATE.get(found.kind, _as_it_is)(found, ANSWERED)):
                self.kinds[found.kind] += 1
                yield message_from_bytes(build(ready, ANSWERED).as_bytes(), policy=policy.default)


@pytest.mark.timeout(3600)
@pytest.mark.promise("S2")
def test_whatever_is_played_no_mail_to_a_client_holds_a_canary(play: Flask, stage: Stage, figure: Figure) -> None:
    """Nor the name or address of anybody who has not written to them."""
    world = deepcopy(stage.world)
    post, acts = Post(world, apart=24), 0
    notices.look()
    people.set_mails(world.viewer("hugo"), "digest")
    for seed in range(rounds(2, 110)):
        firm.update_firm(world.viewer("olga"), name="Delta", staff_names=("full", "first", "brand")[seed % 3])
        _open_rooms(world)
        drama = Secretive(world, Random(seed))
        for _ in range(4):
            acts += sum(drama.act() == "done" for _ in range(25))
            for mail in post.collect():
                _clean(world, mail)
    for mail in _of_a_week(world, post):
        _clean(world, mail)
    clients = sum(len(post.sent.get(name, ())) for name in WATCHED)
    staff = [_all(mail) for name in STAFF for mail in post.sent.get(name, ())]
    assert any(CANARY in mail for mail in staff), "a canary that is in no mail proves nothing"
    assert clients >= rounds(12, 1000)
    assert post.kinds["needs"], "the weekly mail is one of them"
    kinds = ", ".join(f"{count} x {kind}" for kind, count in sorted(post.kinds.items()))
    figure(
        f"{acts} random actions: 0 canaries in {clients} mails to clients ({len(staff)} to staff hold theirs): {kinds}"
    )


@pytest.mark.promise("S2")
def test_what_staff_do_among_themselves_sends_clients_no_mail(play: Flask, stage: Stage, figure: Figure) -> None:
    world = deepcopy(stage.world)
    post = Post(world)
    notices.look()
    news.announced(world, "marie", "luc")
    post.collect()  # what they are told of it
    for name, deed in HIDDEN.items():
        deed(world)
        assert not [mail["To"] for mail in post.collect() if _face(world, mail) == "client"], name
    messages.post(world.viewer("ines"), world.permit, body="a text", token=token())
    assert [mail["To"] for mail in post.collect() if _face(world, mail) == "client"] == ["marie@example.com"]
    figure(f"{len(HIDDEN)} deeds of staff: 0 mails to clients")


def test_two_clients_of_a_discussion_get_mails_that_tell_nothing_of_each_other(play: Flask, stage: Stage) -> None:
    world = deepcopy(stage.world)
    post = Post(world)
    notices.look()
    add(world, "ines", world.permit, "luc", history="now")
    say(world, "ines", "For both of you.")
    first, second = sorted((mail for mail in post.collect() if _face(world, mail) == "client"), key=lambda m: m["To"])
    assert (first["To"], second["To"]) == ("luc@example.com", "marie@example.com")
    for name in ("Message-ID", "References", "In-Reply-To", "Reply-To", "List-Unsubscribe"):
        assert first[name] != second[name], name
    _clean(world, first)
    _clean(world, second)


@pytest.mark.promise("S2")
def test_who_is_mentioned_has_a_name_in_mails_and_no_id(play: Flask, stage: Stage) -> None:
    world = deepcopy(stage.world)
    post = Post(world)
    notices.look()
    say(world, "ines", "A word to @Marie Delcourt.")
    (mail,) = [mail for mail in post.collect() if _face(world, mail) == "client"]
    assert re.search(r'class="mention"[^>]*>@Marie Delcourt<', _all(mail))
    assert "data-person" not in _all(mail)
    _clean(world, mail)


def _of_a_week(world: World, post: Post) -> Iterator[EmailMessage]:
    """What leaves in a week in which something is needed of clients, and notes say why."""
    _open_rooms(world)
    messages.post(world.viewer("ines"), world.permit, body="Please sign.", token=token())
    turns.set_turn(world.viewer("ines"), world.permit, "client")
    messages.post(world.viewer("ines"), world.permit, body=CANARY, kind="note", token=token())
    for _ in range(8):
        yield from post.collect()


def _as_it_is(mail: Outgoing, _house: House) -> Outgoing:
    return mail


def _clean(world: World, mail: EmailMessage) -> None:
    """Nothing of it is for others."""
    if _face(world, mail) != "client":
        return
    name, said = str(mail["To"]).partition("@")[0], _all(mail)
    assert CANARY not in said, (name, said)
    assert mail["Cc"] is None
    assert mail["Bcc"] is None
    addresses = set(re.findall(r"[\w.+-]+@example\.com", said))  # a reply address may end as somebody's does
    assert not addresses & {f"{other}@example.com" for other in world.keys if other != name}, name
    assert not [key for other, key in world.keys.items() if key in said], "ids of people are in no mail"
    strangers = {other.capitalize() for other in world.keys} - _writers(world, name) - {name.capitalize()}
    assert not [other for other in strangers if re.search(rf"\b{other}\b", said)], name


def _writers(world: World, name: str) -> set[str]:
    """First names of those who wrote a text in a discussion of theirs, or whom a client named there in plain words."""
    mine = select(Participation.conversation_id).where(Participation.person_id == world.person_id(name))
    wrote = select(Person.name).join(Message, Message.author_id == Person.id)
    wrote = wrote.where(Message.kind == MessageKind.TEXT, Message.conversation_id.in_(mine))
    said = select(Message.body).join(Person, Message.author_id == Person.id).where(Person.face == Face.CLIENT)
    typed = " ".join(
        db.session.scalars(said.where(Message.kind == MessageKind.TEXT, Message.conversation_id.in_(mine)))
    )
    return {found.split()[0] for found in db.session.scalars(wrote)} | set(re.findall(r"@(\w+)", typed))


def _face(world: World, mail: EmailMessage) -> str:
    return "staff" if str(mail["To"]).partition("@")[0] in STAFF else "client"


def _all(mail: EmailMessage) -> str:
    """Every header and part, as sent and as read."""
    read = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
    return "\n".join([mail.as_string(), *(f"{name}: {value}" for name, value in mail.items()), *read])
