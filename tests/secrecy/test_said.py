"""Mentions and quotes tell a client no name and no words that were not theirs before (SPEC D5, D6, D7, M4, M5)."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import firm, messages, participants, people
from portal.extensions import db
from portal.models import Mail
from portal.queries import facts, messages as stretches
from tests import faces
from tests.conftest import Stage, signed_in
from tests.links import desk
from tests.live.ears import listening, tell
from tests.secrecy.test_from_now_on import everything
from tests.secrecy.writes import HTMX
from tests.world import World, token

SECRETS = ("hugo", "nina", "luc")  # none of them has written where Marie reads


def say(world: World, name: str, body: str, kind: str = "text", reply_to: str = "") -> str:
    """Somebody says something in `permit`."""
    return messages.post(world.viewer(name), world.permit, body=body, kind=kind, token=token(), reply_to=reply_to)


def given(app: Flask, stage: Stage, name: str) -> str:
    """All that a client has of `permit`: pages, fragments, suggestions, forms, what a link shows, and mails."""
    world, browser = stage.world, signed_in(app, stage, name)
    viewer, own = world.viewer(name), f"/discussions/{world.permit}"
    shown = stretches.page(viewer, world.permit).messages
    paths = [f"{own}/mentionable?q={words}" for words in ("", *SECRETS, "the")]
    paths += [f"{own}/messages/{one.id}/text" for one in shown if one.author.key == viewer.key]
    paths += [f"{own}?reply={one}" for one in (world.text, world.note, world.answer, shown[-1].id)]
    answers = [browser.get(path, headers=HTMX).text for path in paths]
    key = desk.told(world, name)
    link = app.test_client().get(desk.page(key)).text
    mails = [
        mail.subject + mail.text + mail.html for mail in db.session.scalars(select(Mail).where(Mail.public_id == key))
    ]
    assert mails
    return "".join([everything(browser, "", world.permit), *answers, link, *mails])


@pytest.mark.parametrize("names", ["full", "first"])
def test_no_byte_that_a_client_gets_names_who_was_not_shown(play: Flask, stage: Stage, names: str) -> None:
    world = stage.world
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names=names)
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
    with listening(world, "marie", "hugo") as ears:
        cursor = facts.newest()
        key = say(world, "ines", "@Hugo Agent, @Nina Agent and @Luc Delcourt: heron")
        say(world, "marie", "Thank you, @Ines", reply_to=key)
        messages.edit(world.viewer("ines"), world.permit, key, body="@Luc Delcourt and @Hugo Agent: heron again")
        say(world, "hugo", "@Luc Delcourt pays late", kind="note", reply_to=key)
        tell(cursor)
        found, hers = "".join(ears["marie"].heard()), "".join(ears["hugo"].heard())
    found += given(play, stage, "marie")
    assert found.count("@the team and @the team: heron again") > 3
    assert "Thank you" in found
    for name in SECRETS:
        assert f">@{name.title()}" in hers or name == "nina", "they are named to colleagues"
        assert name.title() not in found
        assert world.keys[name] not in found
    assert faces.addresses(found) <= {world.faces["marie"], world.faces["ines"]}


def test_who_reads_from_now_on_gets_no_quoted_words_nor_who_said_them(play: Flask, stage: Stage) -> None:
    world = stage.world
    hidden = say(world, "ines", "pelican")
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], history="now", confirmed=True)
    with listening(world, "luc") as ears:
        cursor = facts.newest()
        say(world, "hugo", "heron", reply_to=hidden)
        say(world, "hugo", "heron, too", reply_to=world.answer)
        messages.edit(world.viewer("ines"), world.permit, hidden, body="pelican again")
        messages.delete(world.viewer("marie"), world.permit, world.answer)
        tell(cursor)
        heard = ears["luc"].heard()
    assert len(heard) == 2, "a change to what is quoted without words is none"
    found = "".join(heard) + everything(signed_in(play, stage, "luc"), "", world.permit)
    assert found.count("Answers an earlier message") > 2
    for secret in ("pelican", "Marie", "Ines", "Thank you", hidden, world.answer, "a deleted message"):
        assert secret not in found
    found = given(play, stage, "luc")  # in which Ines speaks
    assert not any(secret in found for secret in ("pelican", "Marie", hidden, world.answer))


def test_the_form_of_an_answer_tells_nothing_of_what_one_does_not_see(play: Flask, stage: Stage) -> None:
    world = stage.world
    marie = signed_in(play, stage, "marie")
    pages = {
        key: marie.get(f"/discussions/{world.permit}?reply={key}", headers=HTMX).text
        for key in (world.text, world.note, "a" * 26)
    }
    assert 'data-slot="line">Here is the plan.' in pages[world.text]
    assert 'name="reply_to" value=""' in pages[world.note]
    assert _without_tokens(pages[world.note]) == _without_tokens(pages["a" * 26])


def test_what_is_quoted_and_who_is_named_is_text_on_every_page(play: Flask, stage: Stage) -> None:
    """RELIABILITY H1: nothing that somebody wrote, or is called, becomes a part of the page."""
    world, evil = stage.world, "<img src=x onerror=alert(1)>\"'</a><script>"
    people.update_profile(world.viewer("hugo"), name=evil, language="en", time_zone="UTC", enter_sends=True)
    key = say(world, "hugo", f"{evil} `{evil}` [{evil}](https://x.example/?@{evil}) said @{evil}")
    say(world, "ines", f"@{evil} yes, **@{evil}**", reply_to=key)
    own = f"/discussions/{world.permit}"
    for name, door in (("marie", ""), ("hugo", "/console")):
        browser = signed_in(play, stage, name)
        found = everything(browser, door, world.permit)
        found += browser.get(f"{door}{own}?reply={key}").text + browser.get(f"{door}{own}/mentionable").text
        found += browser.get("/console/mentions").text if door else desk_mail(world)
        assert "&lt;img src=x" in found
        assert "<img src=x" not in found
        assert "<script>" not in found
        assert 'class="mention"' in found


def desk_mail(world: World) -> str:
    """The newest mail to Marie, as her program shows it."""
    key = desk.told(world)
    return "".join(db.session.scalars(select(Mail.html).where(Mail.public_id == key)))


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if 'name="token"' not in line and "csrf" not in line)
