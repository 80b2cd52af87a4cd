"""SPEC E3 and Z5: what a link shows, what it posts, and what it asks first. On both databases."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal import access
from portal.actions import challenges, devices, firm, links, messages, participants, people, read_marks
from portal.extensions import db, secret_key
from portal.kernel import clock, tokens
from portal.kernel.errors import Forbidden, Invalid, TooMany
from portal.mailer import codes as mail
from portal.models import Mail
from portal.queries import links as queries
from tests.actions.rows import at_once
from tests.links.desk import (
    HOUSE,
    HTMX,
    WORDS,
    bodies,
    code,
    count,
    everything,
    hence,
    know,
    link,
    page,
    said,
    told,
    want_no_codes,
    wrong,
)
from tests.promises import Figure
from tests.world import PASSWORD, World, token

OLD = "Here is the plan."  # said before the mail
Anew = Callable[[], FlaskClient]


@pytest.fixture
def anew(app: Flask) -> Anew:
    """`anew()` is a browser that was never here."""
    return app.test_client


def test_a_link_shows_what_its_mail_told_and_nothing_else(world: World, anew: Anew) -> None:
    key = told(world)
    messages.post(world.viewer("ines"), world.permit, body="Said later.", token=token())
    shown = anew().get(page(key))
    assert shown.status_code == 200
    assert WORDS in shown.text
    for other in (OLD, "Thank you!", "She pays late.", "Said later."):
        assert other not in shown.text
    assert "North" in shown.text


def test_what_was_read_on_the_portal_since_the_last_mail_is_not_in_the_next(world: World, anew: Anew) -> None:
    """A mail that is passed on shows what it told, not what its reader saw elsewhere."""
    messages.post(world.viewer("ines"), world.permit, body="Read at once.", token=token())
    read_marks.read(world.viewer("marie"), world.permit, 2**40)
    shown = anew().get(page(told(world))).text
    assert WORDS in shown
    assert "Read at once." not in shown


def test_an_answer_on_a_new_device_asks_for_a_code_and_keeps_the_text(world: World, anew: Anew) -> None:
    key, browser, form = told(world), anew(), said()
    asked = browser.post(f"{page(key)}/messages", data=form)
    assert asked.status_code == 200
    assert form["body"] in asked.text
    assert form["token"] in asked.text
    assert "m…@example.com" in asked.text
    assert form["body"] not in bodies(world)
    entered = browser.post(f"{page(key)}/device", data=form | {"code": code(world)})
    assert entered.status_code == 303
    assert bodies(world)[-1] == form["body"]
    shown = browser.get(page(key)).text
    assert OLD in shown
    assert form["body"] in shown
    assert "She pays late." not in shown


def test_the_second_time_no_code_is_asked(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    know(browser, world, key)
    assert browser.post(f"{page(key)}/messages", data=said("At once.")).status_code == 303
    assert bodies(world)[-1] == "At once."
    assert count(world, "marie", "code") == 1
    other = told(world, words="Another mail.")
    assert browser.post(f"{page(other)}/messages", data=said("Again.")).status_code == 303
    fragment = browser.post(f"{page(other)}/messages", data=said("By script."), headers=HTMX)
    assert (fragment.status_code, "By script." in fragment.text) == (201, True)


def test_the_same_sending_posts_once_however_it_comes(world: World, anew: Anew) -> None:
    key, browser, form = told(world), anew(), said("Once.")
    browser.post(f"{page(key)}/messages", data=form)
    browser.post(f"{page(key)}/device", data=form | {"code": code(world)})
    for path in ("messages", "device", "messages"):
        assert browser.post(f"{page(key)}/{path}", data=form).status_code == 303
    assert bodies(world).count("Once.") == 1


def test_one_may_see_more_by_a_code_without_writing(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    know(browser, world, key)
    assert OLD in browser.get(page(key)).text


def test_a_mail_that_was_passed_on_shows_itself_alone_and_needs_the_code(world: World, anew: Anew) -> None:
    key, marie, stranger = told(world), anew(), anew()
    know(marie, world, key)
    shown = stranger.get(page(key)).text
    assert WORDS in shown
    assert OLD not in shown
    assert stranger.post(f"{page(key)}/messages", data=said()).status_code == 200
    assert bodies(world)[-1] == WORDS
    for path in ("messages?after_rev=0", "messages?before=2147483647"):
        assert stranger.get(f"{page(key)}/{path}").status_code == 403
        assert marie.get(f"{page(key)}/{path}").status_code == 200
    assert stranger.post(f"{page(key)}/read-mark", data={"number": "2147483647"}).status_code == 403
    assert marie.post(f"{page(key)}/read-mark", data={"number": "2147483647"}).status_code == 204


def test_a_code_counts_in_the_browser_that_asked_alone(world: World, anew: Anew) -> None:
    key, marie, thief = told(world), anew(), anew()
    marie.post(f"{page(key)}/messages", data=said())
    digits = code(world)
    assert thief.post(f"{page(key)}/device", data={"code": digits}).status_code == 422
    assert OLD not in thief.get(page(key)).text
    assert marie.post(f"{page(key)}/device", data={"code": digits}).status_code == 303


def test_five_wrong_codes_and_the_right_one_is_over(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    browser.post(f"{page(key)}/messages", data=said())
    digits = code(world)
    for _ in range(5):
        answer = browser.post(f"{page(key)}/device", data=said("Kept text.") | {"code": wrong(digits)})
        assert answer.status_code == 422
        assert "Kept text." in answer.text
    assert browser.post(f"{page(key)}/device", data={"code": digits}).status_code == 422
    assert browser.post(f"{page(key)}/code").status_code == 200
    assert browser.post(f"{page(key)}/device", data={"code": code(world)}).status_code == 303


def test_a_code_is_good_for_ten_minutes_and_once(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    browser.post(f"{page(key)}/code")
    digits = code(world)
    with hence(minutes=11):
        assert browser.post(f"{page(key)}/device", data={"code": digits}).status_code == 422
    assert browser.post(f"{page(key)}/device", data={"code": f" {digits[:3]} {digits[3:]} "}).status_code == 303
    browser.delete_cookie("comptoir-links")
    assert browser.post(f"{page(key)}/device", data={"code": digits}).status_code == 422


def test_an_address_is_sent_three_codes_in_an_hour(world: World, anew: Anew) -> None:
    """RELIABILITY M6: whoever asks, from however many browsers."""
    key = told(world)
    answers = [anew().post(f"{page(key)}/messages", data=said("Kept text.")) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 3
    assert "Kept text." in answers[-1].text
    assert count(world, "marie", "code") == 3
    with hence(minutes=61):
        assert anew().post(f"{page(key)}/code").status_code == 200


def test_the_mail_of_a_code_has_no_link_and_nobodys_words(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    browser.post(f"{page(key)}/messages", data=said("A stranger's words"))
    db.session.rollback()
    written = db.session.scalars(select(Mail).where(Mail.kind == "code")).one()
    for words in (written.text, written.html, written.subject):
        assert not re.search(r"Permit|stranger|https?://portal|Ines", words)
        assert code(world) not in words
    assert "North" in written.text
    assert written.due_at < clock.now() - timedelta(hours=1), "it goes out before the notices that wait"


def test_where_the_firm_wants_no_codes_a_link_is_enough(world: World, anew: Anew) -> None:
    key = told(world)
    want_no_codes()
    browser = anew()
    assert OLD in browser.get(page(key)).text
    assert browser.post(f"{page(key)}/messages", data=said("Plain.")).status_code == 303
    assert bodies(world)[-1] == "Plain."
    assert count(world, "marie", "code") == 0


@pytest.mark.parametrize(("name", "known"), [("marie", True), ("luc", False), ("ines", False), ("paul", False)])
def test_a_sign_in_beside_it_counts_for_its_own_person_alone(
    app: Flask, world: World, anew: Anew, name: str, known: bool
) -> None:
    key, browser = told(world), anew()
    with browser.session_transaction() as session:
        session["_user_id"] = world.cookie_secret(name)
    shown = browser.get(page(key))
    assert (shown.status_code, OLD in shown.text) == (200, known)
    assert 'data-face="client"' in shown.text
    assert browser.post(f"{page(key)}/messages", data=said("Whose?")).status_code == (303 if known else 200)
    assert ("Whose?" in bodies(world)) == known


def test_one_browser_serves_several_people(world: World, anew: Anew) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
    marie, browser = told(world), anew()
    luc = told(world, "luc", words="To both.")
    know(browser, world, marie)
    assert OLD not in browser.get(page(luc)).text
    know(browser, world, luc, "luc")
    for key in (marie, luc):
        assert OLD in browser.get(page(key)).text
    browser.post(f"{page(luc)}/messages", data=said("From Luc."))
    assert bodies(world)[-1] == "From Luc."


@pytest.mark.promise("R3")
def test_fifty_at_once_with_one_code_make_one_device(app: Flask, world: World, figure: Figure) -> None:
    held = access.by_link(link(told(world)))
    mail.ask_for_link(held, "here", HOUSE)
    digits = code(world)

    def enter(_number: int) -> None:
        with suppress(Invalid):
            challenges.enter_link(held.viewer, "here", digits, "")

    db.session.rollback()
    at_once(app, 50, enter)
    db.session.rollback()
    assert len(queries.devices(world.viewer("marie"))) == 1
    figure("50 at once with one code of a link: 1 device")


@pytest.mark.promise("M6")
def test_twenty_browsers_that_ask_at_once_bring_three_mails(app: Flask, world: World, figure: Figure) -> None:
    held = access.by_link(link(told(world)))

    def ask(number: int) -> None:
        with suppress(TooMany):
            mail.ask_for_link(held, f"browser {number}", HOUSE)

    db.session.rollback()
    at_once(app, 20, ask)
    assert count(world, "marie", "code") == 3
    figure("20 at once ask for codes to one address: 3 mails")


ENDS: dict[str, Callable[[World], object]] = {
    "removed": lambda world: participants.remove(world.viewer("ines"), world.permit, world.keys["marie"]),
    "disabled": lambda world: people.disable(world.viewer("olga"), world.keys["marie"]),
    "ended by staff": lambda world: links.end(world.viewer("ines"), world.keys["marie"]),
    "ended by an admin": lambda world: links.end(world.viewer("adam"), world.keys["marie"]),
    "ended by herself": lambda world: links.end_own(world.viewer("marie")),
    "another password": lambda world: _password(world),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_link_ends_at_once_with_its_reasons(world: World, anew: Anew, how: str) -> None:
    key, browser = told(world), anew()
    know(browser, world, key)
    before = [browser.get(page(key)).status_code, browser.post(f"{page(key)}/messages", data=said()).status_code]
    assert before == [200, 303]
    ENDS[how](world)
    _is_over(browser, key)


def test_links_expire(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    know(browser, world, key)
    with hence(days=29):
        assert browser.get(page(key)).status_code == 200
    with hence(days=31):
        _is_over(browser, key)


def test_all_that_is_no_link_gets_the_same_answer(app: Flask, world: World, anew: Anew) -> None:
    """Altered, of another purpose, of staff, unknown, over: the same status, the same bytes."""
    key, staff = told(world), ""
    staff = told(world, "hugo", words="For all.")
    right = link(key)
    others = [right[:-1] + ("a" if right[-1] != "a" else "b"), right.upper(), right + "a", "x", tokens.new_id()]
    others += [link(key, "unsubscribe"), link(staff), link(tokens.new_id()), right[26:] + right[:26]]
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    answers = {_plain(anew(), f"/l/{other}") for other in [right, *others]}
    assert len(answers) == 1
    assert answers.pop()[0] == 410


def test_a_device_that_was_signed_out_asks_again(world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    know(browser, world, key)
    db.session.rollback()
    (device,) = queries.devices(world.viewer("marie"))
    links.revoke_device(world.viewer("marie"), device.id)
    assert OLD not in browser.get(page(key)).text
    assert browser.post(f"{page(key)}/messages", data=said("Not yet.")).status_code == 200
    assert "Not yet." not in bodies(world)


def test_who_gave_no_code_writes_by_no_door(world: World) -> None:
    """The rule stands in the transaction, not at the door."""
    held = access.by_link(tokens.seal(secret_key(), "link", told(world)))
    for act in (
        lambda: messages.post(held.viewer, world.permit, body="By the back door", token=token()),
        lambda: read_marks.read(held.viewer, world.permit, 2**40),
    ):
        with pytest.raises(Forbidden):
            act()
    want_no_codes()
    assert messages.post(held.viewer, world.permit, body="By the front door", token=token())


@pytest.mark.promise("M5")
def test_a_scanners_scripts_read_nothing_where_no_codes_are_wanted(app: Flask, world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    read = f"{page(key)}/read-mark"
    want_no_codes()
    before = everything(app)
    assert browser.post(read, data={"number": 2**31 - 1}).status_code == 204
    assert everything(app) == before
    want_no_codes(wanted=True)
    know(browser, world, key)
    before = everything(app)
    assert browser.post(read, data={"number": 2**31 - 1}).status_code == 204
    assert everything(app)["participation"] != before["participation"]


def test_opening_a_known_link_changes_nothing_and_using_it_is_noted(app: Flask, world: World, anew: Anew) -> None:
    key, browser = told(world), anew()
    want_no_codes()
    before = everything(app)
    for _ in range(3):
        assert browser.get(page(key)).status_code == browser.head(page(key)).status_code == 200
    assert everything(app) == before
    assert queries.of_person(world.viewer("ines"), world.keys["marie"])[0].used_at is None
    browser.post(f"{page(key)}/messages", data=said())
    db.session.rollback()
    assert queries.of_person(world.viewer("ines"), world.keys["marie"])[0].used_at is not None


def test_staff_see_a_clients_links_of_their_own_discussions_alone(world: World, anew: Anew) -> None:
    """That there is another discussion with her, and when she was mailed of it, is not theirs to know; to end it is."""
    key = told(world)
    for name, seen in (("ines", [key]), ("hugo", [key]), ("nina", []), ("olga", [])):
        assert [one.id for one in queries.of_person(world.viewer(name), world.keys["marie"])] == seen
    links.end(world.viewer("nina"), world.keys["marie"])
    assert anew().get(page(key)).status_code == 410


def test_the_firms_ways_of_showing_names_hold_on_links_too(world: World, anew: Anew) -> None:
    key = told(world)
    assert "Ines" in anew().get(page(key)).text
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="brand")
    shown = anew().get(page(key)).text
    assert "Ines" not in shown
    assert world.keys["ines"] not in shown


def _password(world: World) -> None:
    devices.change_password(world.viewer("marie"), current=PASSWORD, new="n" * 12)


def _is_over(browser: FlaskClient, key: str) -> None:
    db.session.rollback()
    here = page(key)
    answers = [browser.get(f"{here}{path}") for path in ("", "/messages?after_rev=0", "/me.css")]
    for path in ("messages", "code", "device", "read-mark"):
        answers.append(browser.post(f"{here}/{path}", data=said() | {"code": "1", "number": "1"}))
    assert [answer.status_code for answer in answers] == [410] * len(answers)
    for answer in answers:
        assert WORDS not in answer.text
        assert "Permit" not in answer.text


def _plain(browser: FlaskClient, path: str) -> tuple[int, str]:
    answer = browser.get(path)
    return answer.status_code, re.sub(r'(content="|CSRFToken": ")[\w.-]{40,}', "", answer.text)
