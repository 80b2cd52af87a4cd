"""RELIABILITY S2: every secret is a unique word; every kind of action is done; every byte a client gets is searched."""

import re
from copy import deepcopy
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.actions import (
    agreements,
    discussions,
    firm as firm_actions,
    later,
    messages,
    participants,
    people,
    read_marks,
    reminders,
    sightings,
)
from portal.kernel.errors import Refusal
from portal.live import marks, typing
from portal.queries import facts
from tests import faces
from tests.conftest import Stage, signed_in
from tests.links import desk
from tests.live.ears import Ear, listening, tell
from tests.promises import Figure, whole
from tests.record import desk as records
from tests.secrecy import news
from tests.secrecy.hidden import HIDDEN, share
from tests.sent import brought, look_at_all, pdf, post
from tests.world import World, token

HTMX = {"HX-Request": "true"}
IN = ("marie", "luc")
WATCHED = (*IN, "paul", "zoe", "rosa")
# Tokens differ from answer to answer, and nothing else may.
CHANGING = re.compile(r'(csrf[-_]token"[^>]*?(content|value)="|X-CSRFToken": "|name="token" value=")[^"]*"')


@dataclass
class Crawl:
    """Clients who look at everything, again and again, and what they were given."""

    app: Flask
    stage: Stage
    ears: dict[str, Ear]
    answers: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in WATCHED})
    cursor: facts.Cursor = field(default_factory=facts.newest)
    whole: bool = True  # whether these are all pages there are
    link: str = ""  # the page of a mail to Marie
    asked: str = ""  # the message that asked her for agreement
    glances: int = 0
    files: tuple[str, ...] = ()  # of notes, and of the internal discussion
    rooms: tuple[str, ...] = ()  # an announcement, and what was answered to it

    def look(self) -> None:
        """Have what happened told; then every client loads every page and fragment there is for them."""
        self._look(WATCHED, ({}, HTMX))

    def glance(self) -> None:
        """The same of whom it concerns: the pages at one time, the fragments at the next. In the whole, all of it."""
        self.glances += 1
        if whole():
            self.look()
        else:
            self._look(IN, (HTMX if self.glances % 2 else {},))

    def _look(self, names: tuple[str, ...], ways: tuple[dict[str, str], ...]) -> None:
        self.cursor = tell(self.cursor)
        self.link = self.link or desk.mailed(self.stage.world)
        all_of_it = self.whole and len(ways) > 1
        for name in names:
            browser = signed_in(self.app, self.stage, name)
            looks = [_bytes(browser, path, headers) for path in self._paths(name) for headers in ways]
            self.answers[name] += looks
            assert not [answer for answer in looks if answer.startswith("5")], "a page that breaks hides nothing"
            # Whose address a page names now, that face they get, and no other, though they tried them all.
            named = faces.addresses("".join(looks))
            assert named <= self._faces(browser) <= (named if all_of_it else faces.addresses(self.given(name))), name

    def _faces(self, browser: FlaskClient) -> set[str]:
        keys = self.stage.world.faces.values()
        return {key for key in keys if browser.get(f"/pictures/{key}/small").status_code == 200}

    def given(self, name: str) -> str:
        """Every byte that came to them."""
        return "\n".join(self.answers[name] + self.ears[name].heard())

    def _paths(self, name: str) -> list[str]:
        world = self.stage.world
        paths = ["/", "/?archived=1", "/?turn=us", "/needs", "/needs/count", "/console/people"]
        paths += ["/console/home"]
        for key in (world.permit, world.inside, *self.rooms):
            own = f"/discussions/{key}"
            paths += [
                own,
                f"{own}/row",
                f"{own}/menu",
                f"{own}/messages?after_rev=0",
                f"{own}/messages/{world.note}/text",
            ]
        paths += ["/console/mails/held", "/console/mails/held/count", f"/files/{world.permit}"]
        paths += [f"/discussions/{world.permit}/messages/{world.note}/{what}" for what in ("original", "source")]
        paths += [f"/search?q={words}" for words in ("after:2000", "has:file", "from:team", "a")]
        paths += [f"/discussions/{world.permit}?at={which}" for which in (world.note, world.text)]
        paths += ["/later", f"/later/{world.permit}", f"/discussions/{world.permit}/later"]
        paths += [f"/discussions/{world.permit}/{what}" for what in ("later/new", f"agreements/{world.note}")]
        if name != "marie":
            return paths
        own = f"/discussions/{world.permit}"
        paths += [
            "/?filter=unread",
            "/?filter=mine",
            "/me.css",
            "/brand.css",
            "/discussions/new",
            "/nowhere",
            "/health/ready",
            "/metrics",
        ]
        link, undo = desk.page(self.link), desk.link(self.link, "unsubscribe")
        paths += [link, f"{link}/messages?after_rev=0", f"{link}/me.css", f"/unsubscribe/{undo}", "/profile"]
        paths += [f"{way}/agreements/{self.asked}" for way in (own, link)]
        paths += [f"{own}/files", f"{own}/mentionable", *(f"/files/{key}/shown" for key in self.files)]
        paths += [f"{way}/files/{key}/preview" for way in ("", link) for key in self.files[:1]]
        return [*paths, f"{own}/messages?before=2147483647", f"{own}/messages/{world.answer}/text", f"/console{own}"]


@pytest.mark.timeout(600)
@pytest.mark.promise("S2")
def test_no_client_ever_meets_a_secret(play: Flask, stage: Stage, figure: Figure) -> None:
    world = stage.world
    with listening(world, *WATCHED) as ears:
        crawl = Crawl(play, stage, ears)
        _act_all(world, crawl)
    everybody = set(world.keys)
    for name in WATCHED:
        given = crawl.given(name)
        assert len(given) > 50_000
        for secret in (*SECRETS, *crawl.files):
            assert secret not in given, (name, secret)
        for other in everybody - {name}:
            assert f"{other}@example.com" not in given, (name, other)
    _names(world, crawl)
    answers, heard = sum(map(len, crawl.answers.values())), sum(len(ear.frames) for ear in ears.values())
    assert answers > 1000, "a crawl that looks at little proves little"
    assert heard > 20
    figure(f"forty kinds of action: 0 canaries in {answers} answers and {heard} frames")


@pytest.mark.promise("S2")
def test_what_staff_do_among_themselves_moves_nothing_on_a_clients_side(
    play: Flask, stage: Stage, figure: Figure
) -> None:
    """Not a byte of a page, a header, a count, an order, a time or a frame: after each deed, all is the same."""
    stage, asked = replace(stage, world=deepcopy(stage.world)), 0
    world = stage.world
    read_marks.read(world.viewer("ines"), world.permit, 99)  # once, that is for her to see
    news.announced(world, "marie", "luc")
    with listening(world, "marie") as ears:
        before, cursor = _everything_of(play, stage, "marie"), facts.newest()
        for name, deed in HIDDEN.items():
            deed(world)
            cursor = tell(cursor)
            after = _everything_of(play, stage, "marie")
            assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [], name
            assert ears["marie"].heard() == [], name
            asked += len(before)
        messages.post(world.viewer("ines"), world.permit, body="a text", token=token())
        tell(cursor)
        assert _everything_of(play, stage, "marie") != before
        assert ears["marie"].heard() != []
    figure(f"{len(HIDDEN)} deeds of staff: {asked} answers the same to the byte, 0 frames")


SECRETS = (
    "gannetlater", "gannetheld",
    "zebranote", "quaggaedit", "okapiinternal", "dingotitle", "gnupublish", "lynxdeleted", "ibexlate",
    "wagtailspace", "Martinawaited",
    "heronfile", "heronword", "egretinside",
    "storkdraft", "🦩", "\\ud83e\\udda9", "🦩".encode().decode("latin-1"), 'data-by="', "seen-by", "data-reader",
)  # fmt: skip


def _act_all(world: World, crawl: Crawl) -> None:
    """Forty kinds of action, and a look or a glance after each few of them."""
    ines, hugo, marie, olga = (world.viewer(name) for name in ("ines", "hugo", "marie", "olga"))
    permit, inside = world.permit, world.inside
    note = messages.post(ines, permit, body="zebranote **bold**", kind="note", token=token())
    _mark_all(world, note)
    crawl.files = _file_all(world, note)
    crawl.asked = _plan_all(world)
    crawl.look()
    messages.edit(ines, permit, note, body="quaggaedit")
    messages.post(hugo, inside, body="okapiinternal", token=token())
    discussions.rename(ines, inside, title="dingotitle")
    crawl.glance()
    second = messages.post(ines, permit, body="lynxdeleted", kind="note", token=token())
    messages.delete(ines, permit, second)
    published = messages.post(ines, permit, body="gnupublish", kind="note", token=token())
    messages.publish(ines, permit, published, body="these words may go out", token=token())
    crawl.glance()
    _announce(world, crawl)
    share(world)
    participants.add(hugo, permit, world.keys["nina"])
    participants.add(ines, permit, world.keys["luc"], history="now", confirmed=True)
    crawl.look()
    answer = messages.post(marie, permit, body="a client's words", token=token())
    messages.edit(marie, permit, answer, body="a client's other words")
    read_marks.read(marie, permit, 2**31 - 1)
    read_marks.read(hugo, permit, 99)
    crawl.glance()
    messages.delete(marie, permit, answer)
    late = messages.post(ines, permit, body="to be withdrawn", token=token())
    messages.delete(ines, permit, late)
    discussions.rename(ines, permit, title="Another name")
    crawl.glance()
    participants.remove(ines, permit, world.keys["luc"])
    messages.post(ines, permit, body="ibexlate", kind="note", token=token())
    discussions.archive(hugo, permit)
    crawl.look()
    messages.post(marie, permit, body="it opens again", token=token())
    _refused(lambda: participants.add(ines, inside, world.keys["marie"]))
    _refused(lambda: participants.add(marie, permit, world.keys["luc"]))
    _refused(lambda: messages.post(marie, inside, body="in?", token=token()))
    participants.leave(hugo, permit)
    crawl.glance()
    firm_actions.update_firm(olga, name="Delta", staff_names="brand")
    messages.post(ines, permit, body="by the brand", token=token())
    crawl.glance()
    firm_actions.update_firm(olga, name="Delta", staff_names="first")
    messages.post(ines, permit, body="by a first name", token=token())
    begun = discussions.start(
        marie, title="A question", body="When?", space_key=world.spaces["Delcourt"], token=token()
    )
    crawl.glance()
    messages.post(world.viewer("olga"), begun, body="zebranote again", kind="note", token=token())
    messages.post(world.viewer("olga"), begun, body="Tomorrow.", token=token())
    crawl.glance()
    _hand_out(world, crawl)
    participants.leave(ines, permit)
    discussions.take_over(world.viewer("adam"), permit)
    people.disable(olga, world.keys["hugo"])
    crawl.look()


def _mark_all(world: World, note: str) -> None:
    """What passes: drafts, signs of writing, reactions, reading."""
    for name in ("ines", "hugo"):
        viewer = world.viewer(name)
        for kind in ("text", "note"):
            marks.draft(viewer, world.permit, kind, f"storkdraft {name}", base=0, page="one")
            typing.writes(viewer, world.permit, kind)
        marks.react(viewer, world.permit, note, "🦩", on=True)
        marks.react(viewer, world.permit, world.text, "🦉", on=True)
        marks.read(viewer, world.permit, 99)
        marks.unread(viewer, world.permit, world.text)


def _file_all(world: World, note: str) -> tuple[str, ...]:
    """Files of a note, and of what answers it; of the internal discussion; and names that no client may know."""
    ines, hugo = world.viewer("ines"), world.viewer("hugo")
    picture, words = ("heronfile.png", faces.image()), ("heronfile.txt", b"heronword")
    keys = [*post(world, "ines", picture, words, body="zebranote @Hugo Agent @Marie Delcourt @the team", kind="note")]
    answer = brought(hugo, world.permit, "heronfile.pdf", pdf())
    said = {"kind": "note", "files": [answer], "reply_to": note, "token": token()}
    messages.post(hugo, world.permit, body="zebranote, too", **said)
    inside = brought(ines, world.inside, "egretinside.png", faces.image(colour="red"))
    messages.post(ines, world.inside, body="egretinside", files=[inside], token=token())
    unsent = brought(hugo, world.permit, "heronfile.md", b"heronword")
    messages.post(ines, world.permit, body="Ask @Hugo Agent or @Marie Delcourt.", token=token())
    begun = brought(ines, "", "egretinside.txt", b"heronword")
    about = {"title": "dingotitle", "audience": "internal", "brand_key": world.brands["North"]}
    discussions.create(ines, **about, body="okapiinternal", files=[begun], token=token())
    early = brought(hugo, "", "heronfile.md", b"heronword")  # for what is not begun
    look_at_all()
    return *keys, answer, inside, unsent, begun, early


def _hand_out(world: World, crawl: Crawl) -> None:
    """Exports as Marie and Luc may have them; and what a colleague, who sees as she does, is shown."""
    ines = world.viewer("ines")
    for name, key in (("marie", world.permit), ("luc", world.news)):
        found = records.export(world, "ines", discussion=key, **records.as_client(world, name))
        crawl.answers[name].append(records.everything(found))
    sightings.see_as(ines, world.permit, world.keys["marie"])
    look = f"/console/discussions/{world.permit}/sightings/{world.keys['marie']}"
    browser = signed_in(crawl.app, crawl.stage, "ines")
    crawl.answers["marie"] += [_bytes(browser, f"{look}/{page}", {}) for page in ("page", "mail")]


def _plan_all(world: World) -> str:
    """What waits to be sent is its writers' alone; Marie is asked for agreement, and agrees. Gives the request."""
    ines, hugo, marie = (world.viewer(name) for name in ("ines", "hugo", "marie"))
    later.schedule(ines, world.permit, body="gannetlater", due="+60", token=token(), unless=True)
    later.hold(hugo, world.permit, body="gannetheld", token=token())
    reminders.remind(hugo, world.permit, due="reply", message_key=world.answer)
    request = agreements.ask(ines, world.permit, world.text, body="Do you agree?", token=token())
    agreements.answer(marie, request, world.permit, agreed=True)
    return request


def _announce(world: World, crawl: Crawl) -> None:
    """Luc and Marie read the same, and answer it; the permit's space changes, and somebody comes into it."""
    key = news.announced(world, "marie", "luc")
    crawl.rooms = key, *(news.answered(world, name, f"pipit{name}") for name in ("marie", "luc"))
    crawl.glance()
    news.others_read(world, "pipitluc")
    news.spaces_change(world, "wagtailspace")
    news.expected(world, "Martinawaited")
    messages.post(world.viewer("ines"), key, body="We are open again.", token=token())


def _names(world: World, crawl: Crawl) -> None:
    """Names: only of who wrote to them. Hugo, Nina and Adam never did; Luc saw nothing that Marie wrote."""
    marie = crawl.given("marie")
    for silent in ("Hugo", "Nina", "Adam", "Sam", "Luc", "Paul", "Zoe", "Dora", "Rosa"):
        assert not re.search(rf"\b{silent}\b", marie), silent
    assert "Ines" in marie
    for name, other in (("marie", "luc"), ("luc", "marie")):
        assert (f"pipit{name}" in crawl.given(name), f"pipit{other}" in crawl.given(name)) == (True, False)
        assert "We are open again." in crawl.given(name)
    for name in ("paul", "rosa"):
        given = crawl.given(name)
        for anybody in ("Ines", "Hugo", "Olga", "Adam", "Nina", "Marie", "Luc"):
            found = re.search(rf"\b{anybody}\b", given)
            assert not found, (name, given[max(0, found.start() - 80) : found.end()])
    for name, shown in (("marie", {"marie", "ines"}), ("luc", {"marie", "ines"}), ("paul", {"paul"}), ("rosa", set())):
        assert faces.addresses(crawl.given(name)) == {world.faces[owner] for owner in shown}, name
    for name in ("luc", "paul", "zoe", "rosa"):
        assert "a client's words" not in crawl.given(name).replace("&#39;", "'") or name == "luc"


def _everything_of(app: Flask, stage: Stage, name: str) -> list[str]:
    browser = signed_in(app, stage, name)
    own = f"/discussions/{stage.world.permit}"
    paths = [
        "/",
        "/?filter=unread",
        "/?archived=1",
        "/needs",
        "/needs/count",
        own,
        f"{own}/row",
        f"{own}/menu",
        f"{own}/messages?after_rev=0",
        "/me.css",
    ]
    read = f"/discussions/{stage.world.news}"
    paths += [read, f"{read}/row", f"{read}/menu", f"{read}/files", f"{read}/messages?after_rev=0"]
    paths += [f"{own}/messages?before=2147483647", "/brand.css", "/discussions/new"]
    paths += [f"/pictures/{stage.world.faces['ines']}/small"]
    return [_bytes(browser, path, headers) for path in paths for headers in ({}, HTMX)]


def _bytes(browser: FlaskClient, path: str, headers: dict[str, str]) -> str:
    """An answer with its headers, without the tokens that differ each time."""
    answer = browser.get(path, headers=headers)
    kept = [f"{name}: {value}" for name, value in answer.headers.items() if name != "Set-Cookie"]
    return "\n".join([str(answer.status_code), *kept, CHANGING.sub(r"\1", answer.get_data().decode("latin-1"))])


def _refused(act: object) -> None:
    try:
        act()  # type: ignore[operator]
    except Refusal:
        return
    raise AssertionError("this should have been refused")
