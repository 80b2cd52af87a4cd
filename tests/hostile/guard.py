"""Watches pages in a real browser: nothing that came as text may run, load, show or shift anything."""

import re
from collections import Counter
from dataclasses import dataclass, field

from playwright.sync_api import Page, Request

from tests.hostile.audit import audit
from tests.journeys.steps import fits

WATCH = """
window.pwned = 0;
window.reports = [];
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.reports.push(`${violatedDirective} ${blockedURI}`);
});
"""
# Text from right to left turns what stands beside it round, but for what keeps it apart.
MIXED = r"""() => {
  const [mixed, spared] = [[], ".bubble, .prose, textarea, option, script, template, title"];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    if (!/[\u0590-\u08ff\ufb1d-\ufdff]/.test(node.data) || node.parentElement.closest(spared)) continue;
    for (let place = node.parentElement; place; place = place.parentElement) {
      const [style, words] = [getComputedStyle(place), place.textContent.trim()];
      if (style.display === "inline") {
        if (/isolate|plaintext/.test(style.unicodeBidi)) break;
        continue;
      }
      if (words !== node.data.trim()) mixed.push(`${place.tagName}.${place.className}: ${words.slice(0, 80)}`);
      break;
    }
  }
  return mixed;
}"""
OPEN = "(path) => htmx.ajax('GET', path, { source: '#live', target: '#dialog' })"
NARROW = 360
# What these tests write, and the composer while they do; whatever else is written was not meant.
WRITES = re.compile(r"/(messages|read-mark|typing|draft)$")


@dataclass
class Guard:
    """The pages of one test, and how often they were looked at."""

    server: str
    pages: list[Page] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def over(self, page: Page) -> Page:
        """Watch a page from its first script on."""
        page.add_init_script(WATCH)
        page.on("request", self._request)
        page.context.on("page", lambda opened: self.elsewhere.append(f"a window: {opened.url}"))
        self.pages.append(page)
        return page

    def visit(self, page: Page, path: str) -> None:
        """Go there and look, in its width and on a phone."""
        page.goto(path)
        self.look(page)

    def dialog(self, page: Page, path: str) -> None:
        """Have a dialog open over the page, look, and close it."""
        page.evaluate(OPEN, path)
        page.locator("#dialog dialog[open]").wait_for()
        self.look(page)
        page.keyboard.press("Escape")
        page.locator("#dialog dialog").wait_for(state="detached")

    def look(self, page: Page) -> None:
        """Nothing ran, nothing tried to, no element of a payload stands anywhere, and nothing is out of its place."""
        assert page.evaluate("window.pwned") == 0, page.url
        assert page.evaluate("window.reports") == [], page.url
        assert self.elsewhere == [], page.url
        assert audit(page.content(), live=True) == [], page.url
        assert page.evaluate(MIXED) == [], page.url
        size = page.viewport_size or {"width": NARROW, "height": 800}
        page.set_viewport_size({"width": NARROW, "height": size["height"]})
        fits(page)
        page.set_viewport_size(size)
        self.seen["looks"] += 1

    def _request(self, request: Request) -> None:
        own = (f"{self.server}/", f"{self.server.replace('http', 'ws')}/", "data:", "blob:")
        writes = request.method not in {"GET", "HEAD"} and not WRITES.search(request.url)
        if writes or not request.url.startswith(own):
            self.elsewhere.append(f"{request.method} {request.url}")
