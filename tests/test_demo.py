"""The demo data is tested like code: it is what a visitor sees first."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.cli import demo
from portal.cli.demo import dates, firm, script
from portal.extensions import db
from portal.kernel import passwords
from portal.kernel.errors import Conflict
from portal.models import (
    Account,
    Address,
    Audience,
    Conversation,
    Face,
    Mail,
    Message,
    MessageKind,
    Participation,
    Person,
    PrivateAnswer,
    State,
)
from portal.queries import delivery, discussions, held, messages, pictures
from tests.conftest import make_app

PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(scope="module")
def filled(sqlite_template, tmp_path_factory) -> Iterator[tuple[Flask, demo.Summary]]:
    """A filled database, and what filling it said. The tests below only read it."""
    folder = tmp_path_factory.mktemp("demo")
    file = folder / "comptoir.db"
    file.write_bytes(sqlite_template.read_bytes())
    app = make_app(f"sqlite:///{file}", folder, REPLY_ADDRESS="reply@localhost")
    with app.app_context():
        summary = demo.fill()
        db.session.remove()
    yield app, summary
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def summary(filled: tuple[Flask, demo.Summary]) -> Iterator[demo.Summary]:
    """The summary, inside the filled application."""
    app, summary = filled
    with app.app_context():
        yield summary
        db.session.remove()


def viewer(key: str) -> access.Viewer:
    """Somebody of the demo, by the short key that is also their address."""
    query = select(Person.public_id).join(Address).where(Address.email == firm.email(key))
    return access.as_person(db.session.scalars(query).one())


def test_a_new_database_is_empty_and_a_filled_one_is_refused(sqlite_url, tmp_path, summary):
    assert not demo.is_empty()
    with pytest.raises(Conflict) as refusal:
        demo.fill()
    assert refusal.value.code == "not_empty"
    app = make_app(sqlite_url, tmp_path)
    with app.app_context():
        assert demo.is_empty()
        db.session.remove()
        db.engine.dispose()


def test_the_firm_has_its_size(summary):
    assert (summary.brands, summary.staff, summary.clients, summary.spaces) == (2, 12, 30, 20)
    assert summary.discussions == 67  # four of them what clients answered to two announcements
    said = db.session.scalar(select(func.count()).select_from(Message).where(Message.kind != MessageKind.EVENT))
    assert said == summary.messages > 700
    assert "comptoir-demo" in str(summary)


def test_the_sign_ins_work(summary):
    assert [way.email.split("@")[0] for way in summary.sign_ins] == ["camille", "grace", "marie", "oliver"]
    for way in summary.sign_ins:
        query = select(Account, Person).join(Person).join(Address).where(Address.email == way.email)
        account, person = db.session.execute(query).one()
        assert (account.role, account.state, person.language) == (way.role, State.ACTIVE, way.language)
        assert passwords.matches(summary.password, account.password_hash)


def test_some_are_invited_and_one_has_left(summary):
    query = select(Person.face, Account.state, func.count()).join(Person).group_by(Person.face, Account.state)
    found = {(face, state): count for face, state, count in db.session.execute(query)}
    assert found[Face.STAFF, State.INVITED] == found[Face.STAFF, State.DISABLED] == 1
    assert found[Face.CLIENT, State.INVITED] == 3


def test_no_client_was_ever_in_an_internal_discussion(summary):
    query = select(Conversation.audience, Participation.face).join(Conversation).distinct()
    pairs = set(db.session.execute(query))
    assert (Audience.SHARED, Face.CLIENT) in pairs
    assert (Audience.INTERNAL, Face.STAFF) in pairs
    assert (Audience.INTERNAL, Face.CLIENT) not in pairs


def test_numbers_are_consistent(summary):
    for conversation in db.session.scalars(select(Conversation)):
        query = select(Message).where(Message.conversation_id == conversation.id).order_by(Message.position)
        said = [message for message in db.session.scalars(query) if message.kind != MessageKind.EVENT]
        texts = [message for message in said if message.kind == MessageKind.TEXT]
        assert [message.seq for message in said] == list(range(1, conversation.seq + 1)), conversation.title
        ends = conversation.public_seq  # clients' numbers begin anywhere, and have no holes
        assert [message.public_seq for message in texts] == [ends - left for left in reversed(range(len(texts)))]
        assert (conversation.last_message_id, conversation.active_at) == (said[-1].id, said[-1].created_at)
        assert conversation.last_public_message_id == texts[-1].id


def test_marks_lie_within_the_discussion(summary):
    query = select(Participation, Conversation).join(Conversation).where(Participation.left_at.is_(None))
    for stay, conversation in db.session.execute(query):
        last = conversation.seq if stay.face == Face.STAFF else conversation.public_seq
        assert 0 <= stay.read <= last
        assert stay.seen == stay.mailed == last  # nobody waits for a mail


def test_everything_happened_in_order_and_before_now(summary):
    at = select(Message.conversation_id, Message.created_at).order_by(Message.conversation_id, Message.position)
    found = list(db.session.execute(at))
    assert found == sorted(found)
    last = max(moment for _, moment in found)
    assert datetime.now(UTC) - timedelta(hours=1) < last <= datetime.now(UTC)
    assert last - min(moment for _, moment in found) > timedelta(days=85)


def test_weekends_are_quiet(summary):
    recent = datetime.now(UTC) - timedelta(hours=12)
    older = db.session.scalars(select(Message.created_at).where(Message.created_at < recent))
    local = [moment.astimezone(PARIS) for moment in older]
    assert all(moment.weekday() < 5 for moment in local)
    assert all(5 <= moment.hour < 22 for moment in local)


def test_lengths_differ_and_one_is_long(summary):
    whole = Conversation.id.not_in(select(PrivateAnswer.conversation_id))  # an answer is short
    lengths = sorted(db.session.scalars(select(Conversation.seq).where(whole)))
    assert lengths[0] >= 3
    assert lengths[-2] <= 40
    assert lengths[-1] >= 180


def test_nobody_says_the_same_long_sentence_twice():
    seen: Counter[str] = Counter()
    for play in script.load(dates.Calendar(datetime.now(UTC))):
        for step in play.steps:
            if step.act in {":", "~"}:
                sentences = re.split(r"(?<=[.!?…:])\s+|\n", step.words)
                seen.update({sentence.strip() for sentence in sentences if len(sentence.strip()) > 24})
    assert len(seen) > 900
    assert [sentence for sentence, count in seen.items() if count > 1] == []


def test_no_mark_of_the_calendar_is_left_in_the_words():
    for play in script.load(dates.Calendar(datetime.now(UTC))):
        for step in play.steps:
            assert not re.search(r"\{.*\}", step.words), step.words


def test_both_languages_and_scripts_are_spoken(summary):
    languages = Counter(play.language for play in script.load(dates.Calendar(datetime.now(UTC))))
    assert min(languages["fr"], languages["en"]) >= 20
    said = "".join(db.session.scalars(select(Message.body)))
    assert re.search("[\u0600-\u06ff]{3}", said)
    assert re.search("[\u4e00-\u9fff]{3}", said)


def test_every_kind_of_thing_happened(summary):
    def count(*conditions: object) -> int:
        return db.session.scalar(select(func.count()).select_from(Conversation).where(*conditions)) or 0

    clients = select(Person.id).where(Person.face == Face.CLIENT)
    assert count(Conversation.archived_at.is_not(None)) >= 5
    assert count(Conversation.audience == Audience.INTERNAL) >= 10
    assert count(Conversation.creator_id.in_(clients)) == 6  # four by answering an announcement
    assert count(Conversation.owner_id.is_(None)) == 2  # a client's that nobody answered, and a leaver's
    for condition in (Message.edited_at.is_not(None), Message.deleted_at.is_not(None), Message.kind == "note"):
        assert db.session.scalar(select(Message.id).where(condition).limit(1))
    for tag in ("<strong>", "<em>", "<ul>", "<ol>", "<blockquote>", "<code>", "<a "):
        assert db.session.scalar(select(Message.id).where(Message.html.contains(tag)).limit(1)), tag


def test_a_client_who_came_back_does_not_see_the_gap(summary):
    query = select(Conversation.public_id).where(Conversation.title == "SCI Les Tilleuls, dégât des eaux")
    key = db.session.scalars(query).one()
    seen = {name: len(messages.page(viewer(name), key).messages) for name in ("bernard", "helene")}
    assert 0 < seen["bernard"] < seen["helene"]


@pytest.mark.parametrize("key", ["camille", "grace", "marie", "oliver"])
def test_something_is_unread_for_who_signs_in(summary, key):
    found = discussions.page(viewer(key), discussions.Filter()).rows
    unread = [row for row, read in found if row.last_number > read]
    assert 0 < len(unread) < len(found)


def test_the_best_discussion_is_first(summary):
    found = discussions.page(viewer("camille"), discussions.Filter()).rows
    assert found[0][0].title == "Maison Delcourt, permis de construire"
    assert len(found) > 15


@pytest.mark.parametrize(
    "day", ["2026-03-01T23:40", "2025-12-31T00:10", "2026-07-06T05:50", "2026-07-06T06:10", "2026-10-26T12:00"]
)
def test_it_can_be_filled_on_any_day(day):
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    for play in script.load(dates.Calendar(now)):
        moments = [step.at for step in play.steps]
        assert moments == sorted(set(moments)), play.title
        assert moments[-1] < now, play.title


def test_some_have_a_face_and_a_client_sees_those_who_wrote(summary):
    """Portraits are drawn by code (tools/portraits.py), and go the way of every picture."""
    query = select(Person.face, func.count()).where(Person.picture.is_not(None)).group_by(Person.face)
    assert dict(db.session.execute(query).all()) == {Face.STAFF: 8, Face.CLIENT: 1}
    marie = viewer("marie")
    shown = [messages.page(marie, row.id).messages for row, _ in discussions.page(marie, discussions.Filter()).rows]
    drawn = {message.author.picture for found in shown for message in found if message.author.by_staff} - {None}
    assert len(drawn) >= 2
    assert all(pictures.picture(marie, picture, "small") for picture in drawn)
    assert pictures.lost() == 0


def test_mails_of_all_kinds_are_there_to_be_looked_at(filled):
    app, _ = filled
    with app.app_context():
        sent = select(Mail.kind, func.count()).where(Mail.state == "sent").group_by(Mail.kind)
        found = dict(db.session.execute(sent).all())
        reasons = set(db.session.scalars(select(Mail.reason)))
        bounced = db.session.scalars(select(Address.bounce).where(Address.bounced_at.is_not(None))).all()
        db.session.remove()
    files = list((app.config["COMPTOIR"].var / "mail").glob("*.eml"))
    assert found["digest"] == 1
    assert found["notice"] >= 5
    assert len(files) == sum(found.values())
    assert reasons >= {"bounced", "muted"}
    assert len(bounced) == 1


def test_one_message_shows_every_way_in_which_it_reached_somebody(summary):
    words = Counter()
    for name in ("camille", "grace"):  # of each brand one: whose colleague gets a digest is Grace
        mine = access.as_person(_key(firm.email(name)))
        for row, _ in discussions.page(mine, discussions.Filter()).rows:
            for message in messages.page(mine, row.id).messages:
                if message.kind != "event":
                    told = delivery.delivery(mine, row.id, message.id)
                    words.update(part.word for line in told for part in line.parts)
    assert set(words) >= {"sent", "read_only", "digest_sent"}, words
    assert set(words) & {"address", "bounced"}, words
    assert "answered_mail" in words, words


def test_answers_came_by_mail_with_a_file_by_a_link_and_one_is_held(summary):
    origins = dict(db.session.execute(select(Message.origin, func.count()).group_by(Message.origin)).all())
    assert (origins["mail"], origins["link"]) == (1, 1)
    camille, grace = viewer("camille"), viewer("grace")
    cuisine = _newest(camille, "Julien Roche, cuisine")
    assert [file.name for file in cuisine.files] == ["Bon de livraison.pdf"]
    assert cuisine.quoted
    yoga = _newest(grace, "Brightwater Yoga, self assessment")
    assert yoga.author.name == "Hannah Cole"
    waiting = held.page(camille).held
    assert [(mail.email, mail.reason) for mail in waiting] == [("luc.delcourt@atelier.example", "sender")]
    assert not held.page(grace).held


def _newest(who, title):
    key = next(row.id for row, _ in discussions.page(who, discussions.Filter()).rows if row.title == title)
    return messages.page(who, key).messages[-1]


def _key(email):
    query = select(Person.public_id).join(Address, Address.person_id == Person.id).where(Address.email == email)
    return db.session.scalars(query).one()
