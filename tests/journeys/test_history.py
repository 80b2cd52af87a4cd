"""A long discussion: it opens where one left off, older messages come as one scrolls up, and times are one's own."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import bubbles, console, portal, row, shown, write

People = Callable[..., Page]
MANY = 120
# Scrolls to where older messages are loaded; says which message stands at the top, and where.
UP = """() => {
  const box = document.querySelector('.scroller');
  box.scrollBy(0, -box.scrollHeight);
  const top = box.getBoundingClientRect().top + 40;
  const first = [...document.querySelectorAll('.stream > .message')].find((m) => m.getBoundingClientRect().top >= top);
  return [first.id, Math.round(first.getBoundingClientRect().top)];
}"""
TOP = "element => Math.round(element.getBoundingClientRect().top)"


def test_older_messages_come_as_one_scrolls_up_and_the_page_keeps_its_place(
    person: People, backstage: Backstage
) -> None:
    """120 messages over weeks: three stretches, in order, each day under its line, nothing jumps."""
    key = backstage.discussion("hugo", "marie")
    for number in range(MANY):
        backstage.post(("ines", "marie")[number % 2], key, f"message {number:03}")
    backstage.age(key, timedelta(hours=5))
    marie = portal(person("marie"), key)
    expect(bubbles(marie)).to_have_count(50)
    expect(shown(marie, "message 119")).to_be_in_viewport()
    loaded = 50
    while loaded < MANY:
        name, top = marie.evaluate(UP)
        loaded = min(MANY, loaded + 50)
        expect(bubbles(marie)).to_have_count(loaded)
        assert abs(marie.locator(f"#{name}").evaluate(TOP) - top) <= 2
    expect(bubbles(marie)).to_have_text([f"message {number:03}" for number in range(MANY)])
    expect(marie.locator(".older")).to_have_count(0)
    assert marie.evaluate(DAYS) == []
    jump = marie.locator("[data-jump]")
    expect(jump).to_be_visible()
    ines = console(person("ines"), key)
    write(ines, "message 120")
    expect(jump).to_contain_text("1")
    expect(shown(marie, "message 120")).not_to_be_in_viewport()
    jump.click()
    expect(shown(marie, "message 120")).to_be_in_viewport()
    expect(jump).to_be_hidden()


# The messages that do not stand under the line of their day, in the reader's zone.
DAYS = """() => {
  let day = null;
  return [...document.querySelectorAll('.stream > *')].filter((element) => {
    if (element.matches('.day')) day = element.dataset.day;
    return element.matches('.message') && comptoir.times.dayOf(new Date(element.dataset.at)) !== day;
  }).map((element) => element.textContent);
}"""


def test_a_line_marks_what_is_unread_and_reading_moves_it(person: People, backstage: Backstage) -> None:
    """Forty messages came while Marie was away: the page opens at the first of them."""
    key = backstage.discussion("marie")
    elsewhere = backstage.discussion("marie", title="Garden")
    backstage.post("ines", key, "seen before")
    marie = portal(person("marie"), key)
    expect(row(marie, key).locator(".unread")).to_be_empty()
    row(marie, elsewhere).click()
    expect(marie.locator("#pane-title")).to_have_text("Garden")
    for number in range(40):
        backstage.post("ines", key, f"news {number:02}")
    expect(row(marie, key).locator(".unread")).to_have_text("40 unread")
    row(marie, key).click()
    line = marie.locator(".stream > .new")
    expect(line).to_be_in_viewport()
    expect(line.locator("xpath=following-sibling::*[1]")).to_contain_text("news 00")
    expect(shown(marie, "news 39")).not_to_be_in_viewport()
    expect(row(marie, key).locator(".unread")).to_have_text("40 unread")  # not read before it was on screen
    with marie.expect_response("**/read-mark"):  # heard by the server
        marie.locator("[data-jump]").click()
        expect(shown(marie, "news 39")).to_be_in_viewport()
        expect(row(marie, key).locator(".unread")).to_be_empty()
    marie.reload()
    expect(shown(marie, "news 39")).to_be_in_viewport()
    expect(line).to_have_count(0)
    expect(row(marie, key).locator(".unread")).to_be_empty()


def test_the_line_stands_before_the_first_unread_however_far_up(person: People, backstage: Backstage) -> None:
    """Seventy came: the page opens at the oldest that is loaded; the line comes with the stretch it belongs to.

    Even where all was read in between: it tells where reading stopped when the page was opened.
    """
    key = backstage.discussion("marie")
    elsewhere = backstage.discussion("marie", title="Garden")
    backstage.post("ines", key, "seen before")
    backstage.post("marie", key, "and answered")
    marie = portal(person("marie"), elsewhere)
    for number in range(70):
        backstage.post("ines", key, f"news {number:02}")
    held: list[Route] = []
    marie.route("**/messages?before=*", lambda route: held.append(route), times=1)
    row(marie, key).click()
    expect(shown(marie, "news 20")).to_be_in_viewport()
    line = marie.locator(".stream > .new")
    expect(line).to_have_count(0)
    expect(shown(marie, "news 69")).not_to_be_in_viewport()
    expect(row(marie, key).locator(".unread")).to_have_text("70 unread")
    marie.locator("[data-jump]").click()
    expect(row(marie, key).locator(".unread")).to_be_empty()
    marie.wait_for_timeout(600)  # the server has heard of it
    held[0].continue_()
    expect(bubbles(marie)).to_have_count(72)
    expect(line).to_have_count(1)
    expect(line.locator("xpath=following-sibling::*[1]")).to_contain_text("news 00")


def test_times_are_the_readers_own(person: People, backstage: Backstage) -> None:
    """One message, read in Paris and in Auckland: each sees the clock and the day of their own wall."""
    key = backstage.discussion("hugo", "marie")
    backstage.post("ines", key, "What time is it?")
    backstage.change("hugo", time_zone="Pacific/Auckland")
    backstage.change("marie", time_zone="Europe/Paris")
    for name, go, zone in (("marie", portal, "Europe/Paris"), ("hugo", console, "Pacific/Auckland")):
        page = go(person(name), key)
        said = shown(page, "What time").locator(".who time")
        wanted = page.evaluate(
            """([at, timeZone]) => new Intl.DateTimeFormat('en-GB', {timeZone, hour: '2-digit', minute: '2-digit'})
               .format(new Date(at))""",
            [said.get_attribute("datetime"), zone],
        )
        expect(said).to_have_text(wanted)
        expect(page.locator(".stream > .day").last).to_have_text("Today")


def test_what_came_while_nobody_looked_has_the_line_before_it(person: People, backstage: Backstage) -> None:
    """Marie looks elsewhere; when she is back she sees where to begin, and later where to begin again."""
    key = backstage.discussion("marie")
    marie = portal(person("marie"), key)
    for away in ("while away", "and away again"):
        marie.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
        backstage.post("ines", key, away)
        backstage.post("ines", key, f"more {away}")
        expect(marie.locator(".stream .new + .message")).to_contain_text(away)
        expect(marie.locator(".stream .new")).to_have_count(1)
        marie.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
        expect(marie.locator(f"#row-{key}[data-unread]")).to_have_count(0)
