"""Announcements are answered by mail, by link and by page, and always privately (SPEC D16)."""

import pytest
from flask import Flask

from portal.actions import discussions, participants
from portal.extensions import db
from portal.queries import discussions as lists
from tests.actions.rows import bodies, conversation, say
from tests.links import desk as links
from tests.mailbox.desk import arrive, fate, letter, posted, told
from tests.secrecy.writes import HTMX
from tests.world import World, token


def announced(world: World, *names: str) -> str:
    """Ines announces to these clients, and to Hugo; from now on that is the permit that the desks speak of."""
    world.permit = discussions.create(
        world.viewer("ines"), title="Summer", audience="shared", brand_key=world.brands["North"], kind="announcement"
    )
    for name in ("hugo", *names):
        participants.add(world.viewer("ines"), world.permit, world.keys[name])
    return world.permit


def own(world: World, name: str) -> str:
    """A client's discussion about the announcement."""
    db.session.rollback()
    related = lists.discussion(world.viewer(name), world.permit).related
    assert related is not None
    return related.id


@pytest.mark.promise("S2")
def test_a_reply_mail_opens_a_private_discussion_and_the_next_goes_on_in_it(app: Flask, world: World) -> None:
    key = announced(world, "marie", "luc")
    raw = letter(told(world, "marie"), body="May I come in August?")
    assert fate(raw) == ("posted", "")
    assert fate(raw)[0] == "repeated"
    assert posted(world, "marie") == [("text", "May I come in August?")]
    mine = own(world, "marie")
    assert fate(letter(told(world, "luc", hours=5), "luc@example.com", "I am away.")) == ("posted", "")
    assert bodies(world.viewer("marie"), mine) == ["May I come in August?"]
    assert bodies(world.viewer("luc"), own(world, "luc")) == ["I am away."]
    said = bodies(world.viewer("luc"), key)
    assert said == bodies(world.viewer("marie"), key)
    assert set(said) == {"The plans are ready."}
    say(world, "hugo", mine, "Yes, on Mondays.")
    came = arrive(letter(told(world, "marie", hours=9), body="Thank you."))
    assert came.fate == "posted"
    assert bodies(world.viewer("marie"), mine)[-1] == "Thank you."


def test_a_link_page_answers_privately_and_says_so(app: Flask, world: World) -> None:
    announced(world, "marie", "luc")
    links.want_no_codes()
    page = links.page(links.told(world))
    browser = app.test_client()
    for headers in ({}, HTMX):
        assert b"privately" in browser.get(page).data
        form = {"body": f"By link {len(headers)}", "token": token()}
        answer = browser.post(f"{page}/messages", data=form, headers=headers)
        assert answer.status_code == (201 if headers else 303)
        target = answer.headers["HX-Redirect" if headers else "Location"]
        shown = browser.get(target).get_data(as_text=True)
        assert "Your answer is with the team" in shown
        assert "By link" not in shown, "the link is the announcement's alone"
    assert bodies(world.viewer("marie"), own(world, "marie")) == ["By link 0", "By link 1"]
    assert conversation(own(world, "marie")).owner_id == world.person_id("ines")
    assert browser.get(f"/discussions/{own(world, 'marie')}").status_code == 302, "it signs nobody in"


def test_a_page_answers_privately_and_leads_there(app: Flask, world: World) -> None:
    key = announced(world, "marie", "luc")
    say(world, "ines", key, "News.")
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = world.cookie_secret("marie")
    shown = browser.get(f"/discussions/{key}").get_data(as_text=True)
    assert "Your answer goes to the team, privately." in shown
    assert 'class="composer"' not in shown
    form = {"body": "A question", "token": token()}
    answer = browser.post(f"/discussions/{key}/messages", data=form, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (201, f"/discussions/{own(world, 'marie')}")
    again = browser.post(f"/discussions/{key}/messages", data=form)
    assert again.status_code == 303
    assert again.headers["Location"].startswith(f"/discussions/{own(world, 'marie')}#m-")
    private = browser.get(again.headers["Location"]).get_data(as_text=True)
    assert "In answer to" in private
    assert f"/discussions/{key}?at=" in private
    assert bodies(world.viewer("marie"), own(world, "marie")) == ["A question"]
    empty = browser.post(f"/discussions/{key}/messages", data={"body": " ", "token": token()})
    assert empty.status_code == 422
    assert "Write something first." in empty.get_data(as_text=True)
