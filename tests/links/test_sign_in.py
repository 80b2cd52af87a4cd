"""SPEC P4 and P2: clients sign in by a mailed link or code; the page is the same for every address (H4)."""

import re
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.actions import challenges, devices, invitations, people
from portal.extensions import db
from portal.kernel.errors import Invalid, NotFound
from portal.mailer import codes
from portal.models import Account, Challenge, Device, Mail
from tests.actions.rows import at_once
from tests.doors.steps import blank, is_in, sign_in
from tests.links.desk import HOUSE, code, count, everything, hence, link, newest, wrong
from tests.promises import Figure, rounds
from tests.world import PASSWORD, World

Anew = Callable[[], FlaskClient]
NOBODYS = ("nobody@example.com", "olga@example.com", "ines@example.com", "dora@example.com")


@pytest.fixture
def anew(app: Flask) -> Anew:
    """`anew()` is a browser that was never here."""
    return app.test_client


def test_a_code_signs_a_client_in_where_it_was_asked_for(world: World, anew: Anew) -> None:
    browser, other = anew(), anew()
    _ask(browser)
    digits = code(world, kind="sign_in")
    assert _enter(other, digits) == 422
    assert not is_in(other)
    assert _enter(browser, digits) == 303
    assert is_in(browser)
    assert _enter(anew(), digits) == _enter(browser, digits) == 422, "once"


def test_a_link_signs_in_wherever_it_is_opened_and_a_button_is_pressed(app: Flask, world: World, anew: Anew) -> None:
    _ask(anew())
    path, browser = f"/sign-in/{link(newest(world, 'marie', 'sign_in'), 'sign_in')}", anew()
    before = everything(app)
    for _ in range(3):
        assert browser.get(path).status_code == browser.head(path).status_code == 200
    assert everything(app) == before
    assert not is_in(browser)
    assert "Marie Delcourt" in browser.get(path).text
    assert browser.post(path).status_code == 303
    assert is_in(browser)
    assert [anew().get(path).status_code, anew().post(path).status_code] == [410, 410]


def test_either_ends_the_other(world: World, anew: Anew) -> None:
    browser = anew()
    _ask(browser)
    digits, path = code(world, kind="sign_in"), f"/sign-in/{link(newest(world, 'marie', 'sign_in'), 'sign_in')}"
    assert anew().post(path).status_code == 303
    assert _enter(browser, digits) == 422


def test_who_knows_a_link_keeps_where_they_were_going(world: World, anew: Anew) -> None:
    browser, there = anew(), f"/discussions/{world.permit}"
    form = {"email": "marie@example.com", "next": there}
    assert there in browser.post("/sign-in-mail", data=form).text
    codes.answer(HOUSE)
    answer = browser.post("/sign-in-code", data=form | {"code": code(world, kind="sign_in")})
    assert answer.headers["Location"] == there


@pytest.mark.parametrize("email", NOBODYS)
def test_nobody_else_is_sent_anything_and_the_page_is_the_same(world: World, anew: Anew, email: str) -> None:
    pages = []
    for address in ("marie@example.com", email):
        browser = anew()
        asked = browser.post("/sign-in-mail", data={"email": address})
        entered = browser.post("/sign-in-code", data={"email": address, "code": "000000"})
        again = browser.post("/sign-in-code", data={"email": address, "code": "000000"})
        pages.append([(one.status_code, blank(one.text, address)) for one in (asked, entered, again)])
        _answer()
    assert pages[0] == pages[1]
    db.session.rollback()
    assert {mail.email for mail in db.session.scalars(select(Mail))} == {"marie@example.com"}


@pytest.mark.promise("H4")
def test_known_or_not_the_answer_takes_the_same_time(world: World, anew: Anew, figure: Figure, app: Flask) -> None:
    """Whose address it is, is looked up after the answer; asking writes the same for all."""
    often = replace(app.config["COMPTOIR"], sign_in_limit="100000 per minute")
    app.config["COMPTOIR"] = often
    times: dict[str, list[float]] = {"marie@example.com": [], "nobody@example.com": []}
    for number in range(rounds(60, 400)):
        for email in sorted(times, reverse=bool(number % 2)):
            browser = anew()
            began = time.perf_counter()
            browser.post("/sign-in-mail", data={"email": email})
            times[email].append(time.perf_counter() - began)
    known, unknown = (statistics.median(found) * 1000 for found in times.values())
    assert abs(known - unknown) < 5
    figure(f"sign-in by mail: {known:.1f} ms known, {unknown:.1f} ms unknown (median of {number + 1})")


def test_an_address_is_sent_three_in_an_hour_and_nobody_is_told(world: World, anew: Anew) -> None:
    """RELIABILITY M6."""
    for _ in range(6):
        assert anew().post("/sign-in-mail", data={"email": " MARIE@example.com "}).status_code == 200
        _answer()
    assert count(world, "marie", "sign_in") == 3


def test_five_tries_and_a_quarter_of_an_hour(world: World, anew: Anew) -> None:
    browser = anew()
    _ask(browser)
    digits = code(world, kind="sign_in")
    with hence(minutes=16):
        assert _enter(browser, digits) == 422
        assert anew().get(f"/sign-in/{link(newest(world, 'marie', 'sign_in'), 'sign_in')}").status_code == 410
    for _ in range(5):
        assert _enter(browser, wrong(digits)) == 422
    assert _enter(browser, digits) == 422


def test_tries_of_codes_are_counted_as_those_of_passwords_are(world: World, anew: Anew) -> None:
    """RELIABILITY H3: ten in five minutes, for the account and for the network."""
    answers = [_enter(anew(), f"{number:06}", f"{number}@example.com") for number in range(12)]
    assert answers == [422] * 10 + [429] * 2


@pytest.mark.parametrize("how", ["disabled", "another password"])
def test_it_ends_with_its_reasons(world: World, anew: Anew, how: str) -> None:
    browser = anew()
    _ask(browser)
    digits = code(world, kind="sign_in")
    if how == "disabled":
        people.disable(world.viewer("olga"), world.keys["marie"])
    else:
        devices.change_password(world.viewer("marie"), current=PASSWORD, new="n" * 12)
    assert _enter(browser, digits) == 422
    assert anew().post(f"/sign-in/{link(newest(world, 'marie', 'sign_in'), 'sign_in')}").status_code == 410


@pytest.mark.promise("R3")
@pytest.mark.parametrize("by", ["code", "link"])
def test_fifty_at_once_make_one_device(app: Flask, world: World, by: str, figure: Figure) -> None:
    challenges.ask_to_sign_in("marie@example.com", "here")
    _answer()
    digits, sealed = code(world, kind="sign_in"), link(newest(world, "marie", "sign_in"), "sign_in")
    before = _devices(world)

    def enter(_number: int) -> None:
        _try(lambda: challenges.enter("here", digits, "") if by == "code" else challenges.enter_by_link(sealed, ""))

    db.session.rollback()
    at_once(app, 50, enter)
    assert _devices(world) == before + 1
    figure(f"50 at once with one {by} for signing in: 1 device")


def test_the_mail_names_the_brand_and_says_no_secret_before_it_is_sent(world: World, anew: Anew) -> None:
    _ask(anew())
    db.session.rollback()
    mail = db.session.scalars(select(Mail).where(Mail.kind == "sign_in")).one()
    sealed = link(mail.public_id, "sign_in")
    for words in (mail.text, mail.html, mail.subject):
        assert code(world, kind="sign_in") not in words
        assert sealed not in words
        assert "Permit" not in words
    assert "North" in mail.subject
    assert f"/sign-in/[[sign_in:{mail.public_id}]]" in mail.html


def test_an_invited_client_may_do_without_a_password(world: World, anew: Anew) -> None:
    key, secret = _invited(world, role="client", space_key=world.spaces["Brun"])
    form = {"name": "Eva", "password": "", "time_zone": "UTC"}
    assert anew().post(f"/invitations/{secret}", data=form).status_code == 303
    assert sign_in(anew(), "eva@example.com", "") == sign_in(anew(), "eva@example.com", "n" * 12) == 422
    browser = anew()
    _ask(browser, "eva@example.com")
    world.keys["eva"] = key
    assert _enter(browser, code(world, "eva", "sign_in"), "eva@example.com") == 303
    people.disable(world.viewer("olga"), key)
    people.enable(world.viewer("olga"), key)
    assert db.session.scalar(select(Account.state).where(Account.person_id == world.person_id("eva"))) == "active"
    _chooses_a_password(world, anew)


def test_staff_need_a_password(world: World, anew: Anew) -> None:
    _, secret = _invited(world, role="agent", brand_keys=(world.brands["North"],))
    form = {"name": "Eva", "password": "", "time_zone": "UTC"}
    assert anew().post(f"/invitations/{secret}", data=form).status_code == 422
    with pytest.raises(Invalid):
        invitations.accept(secret, name="Eva", password="", time_zone="UTC")
    assert anew().post(f"/invitations/{secret}", data=form | {"password": PASSWORD}).status_code == 303


def test_addresses_that_are_nobodys_are_forgotten(world: World, anew: Anew) -> None:
    _ask(anew(), "nobody@example.com")
    assert db.session.scalar(select(Challenge.email)) == "nobody@example.com"
    with hence(minutes=16):
        _answer()
    assert db.session.scalar(select(Challenge.email)) is None


def _chooses_a_password(world: World, anew: Anew) -> None:
    """Who has none needs no current one; from then on, it is asked for."""
    browser = anew()
    _ask(browser, "eva@example.com")
    assert _enter(browser, code(world, "eva", "sign_in"), "eva@example.com") == 303
    new = {"new": "m" * 12, "again": "m" * 12}
    assert "Current password" not in browser.get("/profile").text
    assert browser.post("/profile/password", data=new).status_code == 303
    assert browser.post("/profile/password", data=new).status_code == 422
    assert sign_in(anew(), "eva@example.com", "m" * 12) == 303


def _invited(world: World, **where: object) -> tuple[str, str]:
    about = {"name": "Eva", "email": "eva@example.com", "language": "en", "days": 3}
    found: tuple[str, str] = invitations.invite(world.viewer("olga"), **about, **where)
    return found


def _ask(browser: FlaskClient, email: str = "marie@example.com") -> None:
    answer = browser.post("/sign-in-mail", data={"email": email})
    assert answer.status_code == 200
    assert re.search("on its way", answer.text)
    _answer()


def _answer() -> None:
    """What the worker does."""
    db.session.rollback()
    codes.answer(HOUSE)
    db.session.rollback()


def _enter(browser: FlaskClient, digits: str, email: str = "marie@example.com") -> int:
    return browser.post("/sign-in-code", data={"email": email, "code": digits}).status_code


def _devices(world: World) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Device.id).where(Device.person_id == world.person_id("marie"))).all())


def _try(act: Callable[[], object]) -> None:
    with suppress(NotFound, Invalid):
        act()
