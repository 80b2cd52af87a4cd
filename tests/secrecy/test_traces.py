"""What a client could tell from what is left when the words are gone: numbers, revisions, keys, colours, moments."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import discussions, firm, messages, participants, people, read_marks
from portal.actions.unit import transaction
from portal.extensions import db
from portal.models import Message, Person
from portal.queries import discussions as lists, facts
from tests import faces
from tests.conftest import Stage, signed_in
from tests.live.ears import listening, tell
from tests.secrecy.test_from_now_on import everything
from tests.secrecy.writes import HTMX
from tests.world import World, token

ARTICLE = re.compile(r"<article.*?</article>", re.S)
NUMBERS = re.compile(r'data-(number|position|rev|last|read|order)="(\d+)"')
OTHERWISE = ("-1", "x", "", "1e3", "0x1", "٣", "1.5", "99999999999", "2147483648", " 1", "1;2", "null", "NaN", "%00")


def test_a_client_counts_no_holes_where_notes_and_comings_and_goings_were(play: Flask, stage: Stage) -> None:
    world = stage.world
    ines, hugo = world.viewer("ines"), world.viewer("hugo")
    with listening(world, "marie") as ears:
        cursor = facts.newest()
        for number in range(4):
            for act in _unseen(world, number):
                act()
            messages.post(hugo if number % 2 else ines, world.permit, body=f"heron {number}", token=token())
        tell(cursor)
    numbers = [_numbers(frame) for frame in ears["marie"].heard()]
    for one, next_one in pairwise(numbers):
        for name in ("number", "position", "rev"):
            assert next_one[name] == one[name] + 1, name


@pytest.mark.parametrize("value", OTHERWISE)
@pytest.mark.parametrize("name", ["after_rev", "before"])
def test_a_revision_that_is_none_is_not_there(play: Flask, stage: Stage, name: str, value: str) -> None:
    for who, door in (("marie", ""), ("ines", "/console")):
        path = f"{door}/discussions/{stage.world.permit}/messages"
        assert signed_in(play, stage, who).get(path, query_string={name: value}).status_code == 404


def test_a_revision_beyond_all_brings_nothing(play: Flask, stage: Stage) -> None:
    path = f"/discussions/{stage.world.permit}/messages"
    answer = signed_in(play, stage, "marie").get(path, query_string={"after_rev": 2**31 - 1})
    assert (answer.status_code, answer.text) == (204, "")


def test_by_first_names_two_of_one_name_are_one(play: Flask, stage: Stage) -> None:
    """SPEC D5: nothing beside the first name tells colleagues apart, and a form of address is no first name."""
    world = stage.world
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="first")
    for name, called in (("ines", "Dr. Inès Benali"), ("hugo", "Inès Petit")):
        person = select(Person).where(Person.public_id == world.keys[name])
        with transaction():
            db.session.scalars(person).one().name = called
        messages.post(world.viewer(name), world.permit, body="heron", token=token())
    given = everything(signed_in(play, stage, "marie"), "", world.permit)
    assert not any(trace in given for trace in ("Dr.", "Benali", "Petit", world.keys["ines"], world.keys["hugo"]))
    assert len({_block(article) for article in ARTICLE.findall(given) if "heron" in article}) == 1


def test_under_the_brands_name_nothing_says_who_wrote(play: Flask, stage: Stage) -> None:
    """SPEC D5: key, name, initials, colour and what follows from them are one and the same."""
    world = stage.world
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="brand")
    marie = signed_in(play, stage, "marie")
    with listening(world, "marie") as ears:
        cursor = facts.newest()
        for name in ("ines", "hugo", "ines", "hugo"):
            key = messages.post(world.viewer(name), world.permit, body="heron", token=token())
            messages.edit(world.viewer(name), world.permit, key, body="heron, edited")
        messages.delete(world.viewer("hugo"), world.permit, _last_of(world, "hugo"))
        tell(cursor)
    given = everything(marie, "", world.permit) + "".join(ears["marie"].heard())
    for name in ("olga", "adam", "ines", "hugo", "nina", "sam"):
        assert world.keys[name] not in given
        assert name.title() not in given
    by_team = [_block(article) for article in ARTICLE.findall(given) if 'data-author="team"' in article]
    assert len(by_team) > 10
    assert len(set(by_team)) == 1
    assert set(re.findall(r'data-author="(\w+)"', given)) == {"team", world.keys["marie"]}
    assert faces.addresses(given) == {world.faces["marie"]}


def test_under_first_names_there_is_no_second(play: Flask, stage: Stage) -> None:
    world = stage.world
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="first")
    with listening(world, "marie") as ears:
        cursor = facts.newest()
        messages.post(world.viewer("hugo"), world.permit, body="heron", token=token())
        tell(cursor)
    given = everything(signed_in(play, stage, "marie"), "", world.permit) + "".join(ears["marie"].heard())
    assert "Hugo" in given
    assert "Agent" not in given
    assert ">IA<" not in given
    assert faces.addresses(given) == {world.faces["marie"]}, "a face says more than a first name"


def test_a_new_name_is_the_only_one_that_is_given_out(play: Flask, stage: Stage) -> None:
    world = stage.world
    people.update_profile(world.viewer("ines"), name="Iris Keller", language="en", time_zone="UTC", enter_sends=True)
    given = everything(signed_in(play, stage, "marie"), "", world.permit)
    assert "Iris Keller" in given
    assert "Ines" not in given


def test_a_mark_beyond_the_last_message_hides_no_later_one(play: Flask, stage: Stage) -> None:
    world, marie = stage.world, signed_in(play, stage, "marie")
    address = f"/discussions/{world.permit}/read-mark"
    with listening(world, "marie") as ears:
        assert marie.post(address, data={"number": 2**31 - 1}).status_code == 204
    last, _ = lists.row(world.viewer("marie"), world.permit)
    assert ears["marie"].heard() == [f'{{"read":{{"{world.permit}":{last.last_number}}}}}']
    messages.post(world.viewer("ines"), world.permit, body="She pays late.", kind="note", token=token())
    assert lists.unread_marks(world.viewer("marie")) == {}
    messages.post(world.viewer("ines"), world.permit, body="heron", token=token())
    assert lists.unread_marks(world.viewer("marie")) == {world.permit: (last.last_number + 1, last.last_number)}
    for number in ("-1", "x", "", "2147483648"):
        assert marie.post(address, data={"number": number}).status_code == 404
    read_marks.read(world.viewer("marie"), world.permit, 0)
    assert lists.row(world.viewer("marie"), world.permit)[1] == last.last_number, "a mark never goes back"


def test_archived_or_reopened_a_row_is_its_people_s_alone(play: Flask, stage: Stage) -> None:
    world = stage.world
    for act in (discussions.archive, discussions.reopen):
        with listening(world, "marie", "luc", "zoe", "nina") as ears:
            cursor = facts.newest()
            act(world.viewer("hugo"), world.permit)
            tell(cursor)
        assert {name: ear.heard() for name, ear in ears.items()} == {
            "marie": [f'{{"row":"{world.permit}"}}'], "luc": [], "zoe": [], "nina": [],
        }  # fmt: skip
        shelf = "/?archived=1" if act is discussions.archive else "/"
        assert world.permit in signed_in(play, stage, "marie").get(shelf, headers=HTMX).text
        for name in ("luc", "zoe"):
            assert world.permit not in signed_in(play, stage, name).get(shelf, headers=HTMX).text


def test_who_is_disabled_sees_and_hears_no_more(play: Flask, stage: Stage) -> None:
    world, hugo = stage.world, signed_in(play, stage, "hugo")
    path = f"/console/discussions/{world.permit}"
    assert hugo.get(path).status_code == 200
    with listening(world, "hugo") as ears:
        cursor = facts.newest()
        people.disable(world.viewer("olga"), world.keys["hugo"])
        messages.post(world.viewer("ines"), world.permit, body="heron", token=token())
        tell(cursor)
        assert ears["hugo"].heard() == ['{"signed_out":true}']
    for address in (path, f"{path}/messages?after_rev=0", f"{path}/participants", "/me.css"):
        assert "heron" not in hugo.get(address, headers=HTMX).text
        assert world.keys["hugo"] not in hugo.get(address).text
    people.enable(world.viewer("olga"), world.keys["hugo"])
    assert hugo.get(path).status_code == 302, "the old cookie stays void"


@pytest.mark.parametrize("language", ["xx", "fr;q=x", "*", "../../etc/passwd", "fr-FR," * 400, "\u00e9"])
def test_a_language_nobody_knows_is_english(play: Flask, stage: Stage, language: str) -> None:
    browser = play.test_client()
    heard = {"Accept-Language": language.encode("latin-1", "replace").decode("latin-1")}
    assert browser.get("/login", headers=heard).status_code == 200
    assert browser.post(f"/language/{language[:40]}").status_code in {303, 404}
    assert browser.get("/login").text.count('<html lang="en"') == 1
    form = {"name": "Marie", "language": language, "time_zone": "UTC"}
    assert signed_in(play, stage, "marie").post("/profile", data=form).status_code == 422


def _unseen(world: World, number: int) -> list[Callable[[], object]]:
    """What staff do among themselves."""
    ines, permit, nina = world.viewer("ines"), world.permit, world.keys["nina"]
    note = messages.post(ines, permit, body=f"note {number}", kind="note", token=token())
    return [
        lambda: messages.edit(ines, permit, note, body="note again"),
        lambda: messages.delete(ines, permit, note),
        lambda: participants.add(ines, permit, nina),
        lambda: participants.add(ines, permit, world.keys["luc"], confirmed=True),
        lambda: participants.remove(ines, permit, nina),
        lambda: participants.remove(ines, permit, world.keys["luc"]),
        lambda: read_marks.read(ines, permit, 99),
    ]


def _last_of(world: World, name: str) -> str:
    query = db.select(Message.public_id).where(Message.author_id == world.person_id(name), Message.kind == "text")
    return str(db.session.scalars(query.order_by(Message.id.desc())).first())


def _numbers(frame: str) -> dict[str, int]:
    article = _article(frame)
    return {name: int(value) for name, value in NUMBERS.findall(article)}


def _article(text: str) -> str:
    found = ARTICLE.search(text)
    assert found
    return found[0]


def _block(article: str) -> tuple[str, ...]:
    """Who wrote a message, in all the ways in which a page says it."""
    traces = r'data-author="\w+"|avatar small hue-\d+|aria-hidden="true">\w+<|/pictures/\w+|<bdi>[^<]*'
    return tuple(re.findall(traces, article))
