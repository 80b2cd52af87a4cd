"""RELIABILITY H1, short form: what people type is shown as they typed it, and never runs or breaks a page."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import bubbles, console, fits, live, portal, row, shown, write

People = Callable[..., Page]

RUN = "window.__pwned=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg onload={RUN}>',
    f"'-{RUN}-'",
    f"</title></textarea><script>{RUN}</script>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"[click](javascript:{RUN})",
    f"![x](javascript:{RUN})",
    f"<a href='data:text/html,<script>{RUN}</script>'>go</a>",
    f"<button hx-get='/profile' hx-trigger='load' hx-on:click='{RUN}'>x</button>",
    f"{{{{ {RUN} }}}} ${{{RUN}}} {{% raw %}}",
    f"<hx-partial hx-target='body' hx-swap='innerHTML'><h1>{RUN}</h1></hx-partial>",
    f"<style>*{{display:none}}</style><base href=//evil.example>{RUN}",
    f"<meta http-equiv=refresh content=0;url=//evil.example>{RUN}",
)
SHORT = "<img src=x onerror=window.__pwned=1>"  # fits a name
STRANGE = (
    "\u202egnirts desrever\u202c and on",
    "שלום, מה שלומך? مرحبا بالعالم",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!" * 6,
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏽" * 40,
    "[" * 9_900,
    "W" * 3_000,
)
WATCH = """
window.__pwned = 0;
window.__reports = [];
document.addEventListener('securitypolicyviolation', (event) => window.__reports.push(event.violatedDirective));
"""


@dataclass
class Guard:
    """Pages in which nothing may run that came as text."""

    pages: list[Page] = field(default_factory=list)

    def over(self, page: Page) -> Page:
        """Watch a page from its first script on."""
        page.add_init_script(WATCH)
        self.pages.append(page)
        return page

    def check(self) -> None:
        """Nothing ran, nothing tried to, and no element of a payload stands anywhere."""
        for page in (page for page in self.pages if page.url != "about:blank"):
            assert page.evaluate("window.__pwned") == 0, page.url
            assert page.evaluate("window.__reports") == [], page.url
            assert page.locator("main iframe, [onerror], [onload], [srcdoc], [src=x], base, h1 + script").count() == 0
            assert page.locator("a[href^='javascript:'], a[href^='data:'], .bubble [hx-get]").count() == 0


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Looks at every page once more at the end."""
    guard = Guard()
    yield guard
    guard.check()


def test_no_text_becomes_a_script(person: People, backstage: Backstage, guard: Guard) -> None:
    """Fourteen payloads as messages and notes, live and loaded, on both faces: shown to the letter."""
    key = backstage.discussion("hugo", "marie", title=PAYLOADS[0])
    ines, marie = (guard.over(person(name)) for name in ("ines", "marie"))
    console(ines, key), portal(marie, key)
    for payload in PAYLOADS:
        write(ines, payload)
        backstage.note("hugo", key, payload)
        write(marie, payload)
    everybody = len(PAYLOADS) * 2
    expect(bubbles(marie)).to_have_count(everybody)
    expect(bubbles(ines)).to_have_count(everybody + len(PAYLOADS))
    for page in (ines, marie):
        guard.check()
        page.reload()
        live(page)
        for payload in PAYLOADS:
            if "](" not in payload:  # Markdown may take a link apart, but never follows it
                expect(page.get_by_text(payload, exact=True).first).to_be_attached()
        expect(page.locator("#pane-title")).to_have_text(PAYLOADS[0])
        expect(row(page, key).locator(".title")).to_have_text(PAYLOADS[0])
        assert page.title().endswith(PAYLOADS[0])


def test_no_name_becomes_a_script(person: People, backstage: Backstage, guard: Guard) -> None:
    """People, firm, brand, space and title carry one; every page and dialog that shows them is opened."""
    key = backstage.discussion("hugo", "marie", title=SHORT)
    backstage.call_firm(SHORT, SHORT, SHORT)
    for name in ("ines", "hugo", "marie", "olga"):
        backstage.change(name, name=SHORT)
    note = backstage.note("ines", key, SHORT)
    backstage.edit("ines", key, note, f"{SHORT} again")
    backstage.post("marie", key, SHORT)
    ines, olga, marie = (guard.over(person(name)) for name in ("ines", "olga", "marie"))
    console(ines, key)
    for opener in ("Add participant", "Remove"):
        ines.get_by_role("button", name=opener).first.click(force=True)
        expect(ines.get_by_role("dialog")).to_be_visible()
        ines.keyboard.press("Escape")
        expect(ines.get_by_role("dialog")).to_have_count(0)
    menu = shown(ines, "again")
    for item in ("Earlier versions", "Publish to clients…"):
        menu.hover()
        menu.get_by_role("button", name="More").click()
        menu.get_by_role("menuitem", name=item).click()
        expect(ines.get_by_role("dialog")).to_be_visible()
        ines.keyboard.press("Escape")
    expect(ines.locator("#participants")).to_contain_text(SHORT)
    for address in ("/console/people", "/console/people?face=staff", "/console/settings", "/console/discussions/new"):
        olga.goto(address)
        expect(olga.locator("body")).to_contain_text(SHORT)
        guard.check()
    for address in ("/", "/discussions/new", "/profile", "/login"):
        marie.goto(address)
        expect(marie.locator("body")).to_contain_text(SHORT)
        guard.check()
    portal(marie, key)
    expect(marie.locator(".portal-head")).to_contain_text(SHORT)


def test_strange_texts_break_no_page(person: People, backstage: Backstage, guard: Guard) -> None:
    """Right to left, marks upon marks, families of emoji, ten thousand brackets: shown, and nothing sticks out."""
    key = backstage.discussion("luc", title=STRANGE[1])
    ines = guard.over(person("ines"))
    luc = guard.over(person("luc", width=360, height=740))
    console(ines, key), portal(luc, key)
    for text in STRANGE:
        backstage.post("luc", key, text)
    for page in (ines, luc):
        expect(bubbles(page)).to_have_count(len(STRANGE))
        fits(page)
        page.reload()
        expect(bubbles(page)).to_have_count(len(STRANGE))
        fits(page)
        expect(page.locator(".composer")).to_be_in_viewport()
        for number in range(len(STRANGE)):  # marks upon marks, too, stay in their own bubble
            expect(bubbles(page).nth(number)).to_have_css("overflow-x", re.compile("clip|hidden|auto"))
