"""RELIABILITY S1 for who holds a link: its own pages open, by its state, and no other address there is."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from portal.actions import participants
from portal.kernel import clock
from tests.conftest import Stage
from tests.doors.cells import HTMX, READING, Booth, Route, booth, names, uploads
from tests.doors.steps import blank
from tests.doors.test_table import ROUTES
from tests.links import desk
from tests.links.test_live import _secret
from tests.promises import Figure

OWN = ("links.", "live.", "static")
PAGES = (
    ("GET", "", {}),
    ("GET", "/messages?after_rev=0", {}),
    ("GET", "/me.css", {}),
    ("POST", "/messages", desk.said()),
    ("POST", "/read-mark", {"number": "1"}),
    ("POST", "/code", {}),
    ("POST", "/device", {"code": "000000"}),
)
# What who holds a link gets of each of PAGES, by its state: (on a device that gave a code, on another one).
HELD = {
    "valid": ([200, 200, 200, 303, 204, 303, 303], [200, 403, 403, 200, 403, 200, 422]),
    "expired": ([410] * 7, [410] * 7),
    "removed": ([410] * 7, [410] * 7),
    "altered": ([410] * 7, [410] * 7),
}


@pytest.fixture(scope="module")
def standing(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booth]:
    with booth(stage, tmp_path_factory.mktemp("links")) as one:
        yield one


@pytest.mark.promise("S1")
def test_a_link_opens_no_other_address(standing: Booth, figure: Figure) -> None:
    """With its cookie, its token in the address, in a header and as a form's field: what a stranger gets."""
    with standing.on_the_side():
        key = desk.mailed(standing.world)
        secret, sealed = _secret(standing.world, key, "marie"), desk.link(key)
    wrong, asked = [], 0
    others = [route for route in ROUTES if not route.endpoint.startswith(OWN)]
    for route in others:
        for fill in (names(standing.world), dict.fromkeys(names(standing.world), sealed)):
            answers = [_ask(standing, route, fill, who) for who in (None, (secret, sealed))]
            if answers[0] != answers[1]:
                wrong.append(f"{route}: {[answer[0] for answer in answers]}")
            asked += 1
    assert wrong == []
    standing.reset()
    figure(f"a link and its device at {asked} other addresses and methods: what a stranger gets")


@pytest.mark.promise("S1")
@pytest.mark.parametrize("state", HELD)
def test_its_own_pages_open_by_its_state(standing: Booth, state: str, figure: Figure) -> None:
    with standing.on_the_side():
        key = desk.mailed(standing.world)
        secret, path = _secret(standing.world, key, "marie"), desk.page(key)
        if state == "removed":
            participants.remove(standing.world.viewer("ines"), standing.world.permit, standing.world.keys["marie"])
        if state == "expired":
            with clock.at(clock.now() - timedelta(days=31)):
                path = desk.page(desk.mailed(standing.world))
    path = path[:-1] + ("a" if path[-1] != "a" else "b") if state == "altered" else path
    found: list[list[int]] = []
    for known in (True, False):
        statuses = []
        for method, more, form in PAGES:
            browser = _browser(standing, secret if known else "")
            answer = browser.open(f"{path}{more}", method=method, data=form or None)
            statuses.append(answer.status_code)
            if method in READING or (answer.status_code >= 400 and more != "/device"):
                assert not standing.changed(), (method, more)
            standing.put_back()
        found.append(statuses)
    assert tuple(found) == HELD[state]
    standing.reset()
    figure(f"a link that is {state}: {2 * len(PAGES)} cells")


def _ask(standing: Booth, route: Route, fill: dict[str, str], who: tuple[str, str] | None) -> tuple[int, str]:
    standing.app.extensions.pop("comptoir_windows", None)
    secret, sealed = who or ("", "")
    form = {name: value.format(**fill) for name, value in route.form.items()} | uploads(route.files)
    more = {"token": sealed, "link": sealed} if who and not route.form else {}
    headers = HTMX | ({"Authorization": f"Bearer {sealed}", "X-Link": sealed} if who else {})
    browser = _browser(standing, secret)
    path = route.path.format(**fill)
    query = {} if not who or "?" in path else more
    answer = browser.open(path, method=route.method, data=form or None, headers=headers, query_string=query or None)
    if route.method not in READING and answer.status_code < 400:
        standing.put_back()
    return answer.status_code, blank(answer.get_data(as_text=True))


def _browser(standing: Booth, secret: str) -> FlaskClient:
    browser = standing.browser(None)
    if secret:
        browser.set_cookie("comptoir-links", secret)
    return browser
