"""A first visit on an old phone: how much comes over the line. How long it takes: tools/slow_phone.py."""

from playwright.sync_api import Page

from tests.journeys.backstage import Backstage
from tests.journeys.conftest import PersonMaker

LIMIT = 120_000  # bytes, as they come over the line


def test_a_first_load_is_at_most_120_kb(person: PersonMaker, backstage: Backstage) -> None:
    key = backstage.discussion("marie", "paul")
    for n in range(50):
        backstage.post("ines", key, f"The papers for quarter {n} are complete; we file them on Thursday.")
    for name, path in (("marie", f"/discussions/{key}"), ("ines", f"/console/discussions/{key}")):
        page = person(name, width=360, height=740)
        sizes = _sizes(page)
        page.goto(path, wait_until="networkidle")
        assert sum(sizes) < LIMIT, f"{name}: {sum(sizes):,} bytes in {len(sizes)} answers"


def _sizes(page: Page) -> list[int]:
    """Fills with the bytes of each answer, headers and all, as the network had them."""
    sizes: list[int] = []
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    return sizes
