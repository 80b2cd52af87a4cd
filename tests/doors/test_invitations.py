"""Doors: an invitation's link, from both sides."""

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.actions import invitations
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.tokens import digest
from portal.models import Account, Invitation, Person, State
from tests.conftest import Stage
from tests.doors.steps import Visit, blank, fetch, invite, is_in, sign_in
from tests.world import PASSWORD

ACCEPT = {"name": "Eva Neu", "password": PASSWORD, "time_zone": "Europe/Paris"}


def test_opening_an_invitation_changes_nothing_and_accepting_signs_in(site: Flask, stage: Stage) -> None:
    key, link = invite(site, stage)
    client = site.test_client()
    assert [client.get(link).status_code for _ in range(2)] == [200, 200]
    assert client.head(link).status_code == 200
    assert state(site, key) == State.INVITED
    assert client.post(link, data=ACCEPT | {"password": "short"}).status_code == 422
    assert state(site, key) == State.INVITED
    answer = client.post(link, data=ACCEPT | {"name": "Eva Nouvelle"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert state(site, key) == State.ACTIVE
    assert "Eva Nouvelle" in client.get("/profile").text
    assert sign_in(site.test_client(), "eva@example.com") == 303


def test_an_invitation_names_the_clients_own_brand_and_no_other(site: Flask, stage: Stage) -> None:
    with site.app_context():
        south = {"role": "client", "brand_keys": (stage.world.brands["South"],), "space_name": "Neu"}
        _, secret = invitations.invite(
            stage.world.viewer("sam"), name="Eva Neu", email="eva@example.com", language="en", days=3, **south
        )
    page = site.test_client().get(f"/invitations/{secret}").text
    assert "South" in page
    assert "North" not in re.sub(r"<select.*?</select>", "", page, flags=re.DOTALL)  # a time zone's name has it
    style = re.search(r"/brand\.css\?of=\w+", page)
    assert style
    assert site.test_client().get(style[0]).text == ":root{--brand-hue:30}"
    assert site.test_client().get("/brand.css?of=unknown").text == ""


def test_wrong_expired_withdrawn_and_used_invitations_look_alike(site: Flask, stage: Stage) -> None:
    with clock.at(clock.now() - timedelta(days=4)):
        _, expired = invite(site, stage, days=3)
    gone, withdrawn = invite(site, stage, email="gone@example.com")
    again, replaced = invite(site, stage, email="again@example.com")
    with site.app_context():
        invitations.withdraw(stage.world.viewer("olga"), gone)
        invitations.invite_again(stage.world.viewer("olga"), again, 3)
    _, used = invite(site, stage, email="used@example.com")
    assert site.test_client().post(used, data=ACCEPT).status_code == 303
    pages = set()
    for link in ("/invitations/wrong", expired, withdrawn, replaced, used):
        for answer in (site.test_client().get(link), site.test_client().post(link, data=ACCEPT)):
            assert answer.status_code == 404
            pages.add(blank(answer.text, link))
    assert len(pages) == 1


def test_a_disabled_person_cannot_accept(site: Flask, stage: Stage, visit: Visit) -> None:
    key, link = invite(site, stage)
    assert visit("olga").post(f"/console/people/{key}/disablement").status_code == 204
    assert site.test_client().get(link).status_code == 404
    assert site.test_client().post(link, data=ACCEPT).status_code == 404


def test_the_link_is_shown_once_and_is_neither_logged_nor_stored(
    site: Flask, stage: Stage, visit: Visit, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    form = {"name": "Eva Neu", "email": "eva@example.com", "language": "en", "brand": stage.world.brands["North"]}
    shown = visit("ines").post("/console/invitations/clients", data=form, headers={"HX-Request": "true"})
    assert shown.status_code == 201
    secret = re.search(r"http://localhost/invitations/([\w-]+)", shown.text)
    assert secret
    client = visit(None)
    client.get(f"/invitations/{secret[1]}")
    client.post(f"/invitations/{secret[1]}", data=ACCEPT)
    assert is_in(client)
    assert secret[1] not in caplog.text + "".join(capfd.readouterr())
    assert fetch(site, select(func.count()).where(Invitation.digest == digest(secret[1]))) == 1
    with site.app_context():
        assert secret[1] not in repr(db.session.execute(select(Invitation.__table__)).all())


def state(site: Flask, key: str) -> str | None:
    """The state of somebody's account."""
    query = select(Account.state).join(Person, Person.id == Account.person_id).where(Person.public_id == key)
    return fetch(site, query)
