"""RELIABILITY H1, in a real browser: what people type is shown as they typed it, and never runs or breaks a page."""

import re
from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Page, expect

from portal.access import Viewer
from portal.kernel.text import clean, clean_line
from tests.hostile import fields, payloads
from tests.hostile.guard import Guard
from tests.hostile.stuffed import Stuffed
from tests.journeys.backstage import Backstage
from tests.journeys.steps import bubbles, composer, console, fits, live, portal, write
from tests.promises import Figure, rounds
from tests.serving import Server

People = Callable[..., Page]
DIALOG = re.compile(r"/(title|departure|new|removal|versions|publication|commands)\b|/people/|/brands/")
BATCH = 10  # payloads whose messages are fewer than a page loads
FAILED = ("status of 404", "status of 422")


@pytest.fixture
def guard(server: Server) -> Iterator[Guard]:
    """Looks at every page once more at the end."""
    guard = Guard(server.url)
    yield guard
    for page in guard.pages:
        guard.look(page)


@pytest.fixture
def stuffed(backstage: Backstage) -> Stuffed:
    """The firm of the cast, to be stuffed."""
    stuffed = Stuffed(backstage.world)
    stuffed.begin()
    return stuffed


@pytest.mark.promise("H1")
@pytest.mark.timeout(3600)
def test_no_message_runs(person: People, stuffed: Stuffed, guard: Guard, figure: Figure) -> None:
    """Every payload as message, note, edit and answer: frame by frame on open pages, and loaded again."""
    ines, marie = (guard.over(person(name)) for name in ("ines", "marie"))
    console(ines, stuffed.talk), portal(marie, stuffed.talk)
    chosen = payloads.texts() if rounds(0, 1) else payloads.sample(payloads.texts(), 6)
    for start in range(0, len(chosen), BATCH):
        batch = chosen[start : start + BATCH]
        stuffed.texts(batch)
        last = stuffed.messages[-1]
        expect(ines.locator(f"#m-{last}")).to_be_attached(timeout=60_000)
        for page in (ines, marie):
            guard.look(page)
            page.reload()
            guard.look(live(page))
        said = bubbles(ines).all_inner_texts()
        typed = [clean(text) for text in batch if text in payloads.HTML + payloads.SVG and "`" not in text]
        assert [text for text in typed if text not in said] == [], "shown to the letter"
    figure(f"{len(chosen)} payloads as message, note, edit and answer, live and loaded, both faces: 0 ran")


@pytest.mark.promise("H1")
@pytest.mark.timeout(3600)
def test_no_name_runs(person: People, stuffed: Stuffed, guard: Guard, figure: Figure) -> None:
    """Every payload as person, space, brand, title, line and device: every page and dialog that shows them."""
    chosen = payloads.names() if rounds(0, 1) else payloads.sample(payloads.names(), 2)
    stuffed.names(chosen)
    stuffed.texts([payloads.STRANGE[2]])
    stuffed.call_all(payloads.STRANGE[2])
    for name in ("ines", "olga", "marie"):
        page, viewer = guard.over(person(name, allow=FAILED)), stuffed.world.viewer(name)
        for path in fields.pages(name, stuffed, viewer):
            guard.visit(page, path)
        if name != "marie":
            page.goto(fields.pages(name, stuffed, viewer)[0])
            for path in _dialogs(name, stuffed, viewer):
                guard.dialog(page, path)
    figure(f"{len(chosen)} payloads as names in {guard.seen['looks']} pages and dialogs: 0 ran, 0 px too wide")


@pytest.mark.promise("H1")
@pytest.mark.timeout(3600)
def test_what_there_is_one_of_runs_no_name_either(
    person: People, stuffed: Stuffed, guard: Guard, figure: Figure
) -> None:
    """The firm, the page's own brand, who is signed in, the open discussion: changed one after the other."""
    ines, marie, stranger = (guard.over(person(name, allow=FAILED)) for name in ("ines", "marie", None))
    chosen = payloads.names() if rounds(0, 1) else payloads.sample(payloads.names(), 2)
    places = cycle(("/console/people", "/console/discussions/new", "/profile"))
    for payload in chosen:
        stuffed.call_all(payload)
        guard.visit(ines, f"/console/discussions/{stuffed.talk}")
        guard.visit(ines, next(places))
        guard.visit(marie, f"/discussions/{stuffed.talk}")
        guard.visit(stranger, "/login")
    figure(f"{len(chosen)} payloads as the firm's, the brand's, one's own and the title: 0 ran")


@pytest.mark.promise("H1")
@pytest.mark.timeout(3600)
def test_nothing_typed_or_asked_runs(person: People, stuffed: Stuffed, guard: Guard, figure: Figure) -> None:
    """In the composer and on its way, in what is looked for, in addresses, in forms that are refused."""
    chosen = payloads.names() if rounds(0, 1) else payloads.sample(payloads.names(), 1)
    marie, ines = (guard.over(person(name, allow=(*FAILED, "status of 400"))) for name in ("marie", "ines"))
    for payload in chosen:
        words = "".join(letter for letter in clean_line(payload) if letter.isprintable())
        portal(marie, stuffed.talk)
        if words.strip():
            write(marie, words)
        composer(marie).fill(words)
        guard.look(marie)
        composer(marie).fill("")
        for path in fields.asked("marie", payload)[:4]:
            guard.visit(marie, path)
        _look_for(ines, words, guard)
        guard.visit(ines, fields.asked("ines", payload)[7])
    figure(f"{len(chosen)} payloads typed, sent, looked for and asked for: 0 ran")


@pytest.mark.promise("H1")
def test_strange_texts_break_no_page(person: People, backstage: Backstage, guard: Guard, figure: Figure) -> None:
    """Right to left, marks upon marks, families of emoji, ten thousand brackets: shown, and nothing sticks out."""
    key = backstage.discussion("luc", title=payloads.STRANGE[2])
    ines, luc = guard.over(person("ines")), guard.over(person("luc", width=360, height=740))
    console(ines, key), portal(luc, key)
    texts = payloads.LONG[:: rounds(8, 1)] + payloads.STRANGE[: rounds(3, 12)]
    for text in texts:
        backstage.post("luc", key, text)
    for page in (ines, luc):
        for _ in ("live", "loaded"):
            expect(bubbles(page)).to_have_count(len(texts))
            fits(page)
            page.reload()
        expect(page.locator(".composer")).to_be_in_viewport()
        for number in range(len(texts)):  # marks upon marks, too, stay in their own bubble
            expect(bubbles(page).nth(number)).to_have_css("overflow-x", re.compile("clip|hidden|auto"))
    figure(f"{len(texts)} strange texts at 1280 and 360 px, live and loaded: nothing sticks out")


def _look_for(ines: Page, words: str, guard: Guard) -> None:
    """By the command bar."""
    console(ines).keyboard.press("Control+k")
    ines.locator("#command-words").fill(words[:100])
    ines.wait_for_timeout(300)  # longer than it waits before it asks
    guard.look(ines)


def _dialogs(name: str, stuffed: Stuffed, viewer: Viewer) -> list[str]:
    """A dialog of each kind; the whole opens all there are."""
    return [path for path in fields.fragments(name, stuffed, viewer) if DIALOG.search(path)][:: rounds(6, 1)]
