"""The firm's mail settings, addresses that do not work, and who is told how: as the screens show them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.actions import read_marks
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Address, Firm, Participation
from tests.conftest import Stage
from tests.doors.cells import HTMX
from tests.doors.steps import Visit

MAILS = {"wait": "0", "gap": "45", "digest_gap": "120", "link_days": "7"}


def test_an_admin_changes_the_waits_and_what_links_do(site: Flask, visit: Visit) -> None:
    assert visit("adam").post("/console/settings/mails", data=MAILS | {"link_codes": "y"}).status_code == 303
    assert _firm(site) == (0, 45, 120, 7, True)
    assert visit("adam").post("/console/settings/mails", data=MAILS).status_code == 303
    assert _firm(site)[-1] is False


@pytest.mark.parametrize(
    ("field", "value"),
    [("wait", "-1"), ("wait", "1441"), ("gap", "x"), ("digest_gap", "10081"), ("link_days", "0"), ("link_days", "366")],
)
def test_what_is_out_of_bounds_is_said_beside_its_field(site: Flask, visit: Visit, field: str, value: str) -> None:
    before = _firm(site)
    answer = visit("adam").post("/console/settings/mails", data=MAILS | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-errors"' in answer.text
    assert _firm(site) == before


def test_without_a_mail_server_admins_are_told_what_to_do(visit: Visit) -> None:
    for path in ("/console/settings", "/console/discussions"):
        assert "no mail server is set" in visit("adam").get(path).text.lower(), path
    assert "no mail server is set" not in visit("ines").get("/console/discussions").text.lower()


def test_who_cannot_be_reached_is_listed_and_can_be_tried_again(site: Flask, stage: Stage, visit: Visit) -> None:
    assert "Marie Delcourt" not in visit("ines").get("/console/people?bounced=1").text
    _bounce(site, "marie@example.com")
    page = visit("ines").get("/console/people?bounced=1").text
    assert "Marie Delcourt" in page
    assert "Paul Brun" not in page
    assert "Marie Delcourt" not in visit("sam").get("/console/people?bounced=1").text, "of another brand"
    card = f"/console/people/{stage.world.keys['marie']}"
    assert "550 no such user" in visit("ines").get(card, headers=HTMX).text
    panel = f"/console/discussions/{stage.world.permit}/participants"
    assert "E-mails come back" in visit("ines").get(panel, headers=HTMX).text
    assert visit("sam").post(f"{card}/address", headers=HTMX).status_code == 404
    assert visit("ines").post(f"{card}/address", headers=HTMX).status_code == 204
    assert "Marie Delcourt" not in visit("ines").get("/console/people?bounced=1").text


def test_a_colleagues_address_is_the_admins_to_try(site: Flask, stage: Stage, visit: Visit) -> None:
    _bounce(site, "hugo@example.com")
    address = f"/console/people/{stage.world.keys['hugo']}/address"
    assert visit("ines").post(address, headers=HTMX).status_code == 403
    assert visit("adam").post(address, headers=HTMX).status_code == 204


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("wait", "e-mail in 1 min"),
        ("at once", "e-mail at once"),
        ("sent lately", "next e-mail"),
        ("muted", "no e-mail: muted"),
        ("mentions", "no e-mail unless mentioned"),
        ("bounced", "no e-mail: address does not work"),
    ],
)
def test_the_line_above_the_composer_says_how_each_client_gets_it(
    site: Flask, stage: Stage, visit: Visit, how: str, said: str
) -> None:
    _have(site, stage, how)
    line = visit("ines").get(f"/console/discussions/{stage.world.permit}/reach", headers=HTMX).text
    assert "Marie Delcourt" in line
    assert said in line


def _have(site: Flask, stage: Stage, how: str) -> None:
    world = stage.world
    with site.app_context():
        match how:
            case "at once":
                with transaction():
                    db.session.execute(update(Firm).values(mail_wait=0))
            case "sent lately":
                with transaction():
                    lately = now() - timedelta(minutes=5)
                    mine = Participation.person_id == world.person_id("marie")
                    db.session.execute(update(Participation).where(mine).values(mailed_at=lately))
            case "muted" | "mentions":
                wanted = {"muted": "none", "mentions": "mentions"}[how]
                read_marks.set_notify(world.viewer("marie"), world.permit, wanted)
        db.session.remove()
    if how == "bounced":
        _bounce(site, "marie@example.com")


def _bounce(site: Flask, email: str) -> None:
    with site.app_context():
        with transaction():
            gone = update(Address).where(Address.email == email)
            db.session.execute(gone.values(bounced_at=now(), bounce="550 no such user"))
        db.session.remove()


def _firm(site: Flask) -> tuple[int, int, int, int, bool]:
    with site.app_context():
        firm = db.session.scalars(select(Firm)).one()
        db.session.remove()
    return firm.mail_wait, firm.mail_gap, firm.digest_gap, firm.link_days, firm.link_codes
