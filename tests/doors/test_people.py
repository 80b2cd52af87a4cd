"""Doors: people, invitations as staff make them, disabling, the firm's settings and brands."""

import re

import pytest

from portal.queries import people as queries
from tests.conftest import Stage
from tests.doors.steps import Visit
from tests.world import PASSWORD

HTMX = {"HX-Request": "true"}
EVA = {"name": "Eva Neu", "email": "eva@example.com", "language": "fr"}


def test_the_list_shows_whom_one_may_know(visit: Visit) -> None:
    clients = visit("ines").get("/console/people").text
    assert "Marie Delcourt" in clients
    assert "Rosa Roche" not in clients
    assert "Rosa Roche" in visit("adam").get("/console/people?face=client").text
    assert "Sam South" in visit("ines").get("/console/people?face=staff").text


def test_the_search_finds_by_words_without_accents(visit: Visit) -> None:
    found = visit("ines").get("/console/people?face=client&q=DÉLC+marie", headers=HTMX).text
    assert "Marie Delcourt" in found
    assert "Luc Delcourt" not in found
    assert "<html" not in found
    assert "Nobody found" in visit("ines").get("/console/people?q=%25").text


def test_a_client_is_invited_into_a_space_that_is_there_or_a_new_one(visit: Visit, stage: Stage) -> None:
    ines, north = visit("ines"), stage.world.brands["North"]
    old = EVA | {"space": stage.world.spaces["Brun"], "brand": north}
    assert ines.post("/console/invitations/clients", data=old, headers=HTMX).status_code == 201
    new = EVA | {"email": "noe@example.com", "space": "", "space_name": "Neu & Co", "brand": north}
    answer = ines.post("/console/invitations/clients", data=new, headers=HTMX)
    assert answer.status_code == 201
    assert answer.headers["HX-Trigger"] == "people-changed"
    listed = ines.get("/console/people?q=eva").text
    assert "Brun" in listed
    assert "Neu &amp; Co" in listed


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"email": "marie@example.com"}, 409, "Somebody already has this e-mail address"),
        ({"email": "nonsense"}, 422, "not an e-mail address"),
        ({"name": "\u200b"}, 422, "Enter a name."),
        ({"space": "of-somebody-else"}, 422, "Choose one of the options"),
    ],
)
def test_a_refused_invitation_keeps_what_was_typed(
    visit: Visit, stage: Stage, change: dict[str, str], status: int, words: str
) -> None:
    form = EVA | {"space": "", "brand": stage.world.brands["North"], "space_name": "Neu & Co"} | change
    answer = visit("ines").post("/console/invitations/clients", data=form, headers=HTMX)
    assert answer.status_code == status
    assert words in answer.text
    assert "Neu &amp; Co" in answer.text
    assert "<dialog" in answer.text


def test_only_admins_invite_colleagues(visit: Visit, stage: Stage) -> None:
    form = EVA | {"role": "agent", "brands": [stage.world.brands["North"], stage.world.brands["South"]]}
    assert visit("ines").get("/console/invitations/new?face=staff", headers=HTMX).status_code == 403
    assert visit("ines").post("/console/invitations/staff", data=form, headers=HTMX).status_code == 403
    assert visit("adam").post("/console/invitations/staff", data=form | {"brands": []}).status_code == 422
    assert visit("adam").post("/console/invitations/staff", data=form | {"role": "owner"}).status_code == 422
    assert visit("adam").post("/console/invitations/staff", data=form, headers=HTMX).status_code == 201
    assert "<bdi>North</bdi>, <bdi>South</bdi>" in visit("ines").get("/console/people?face=staff&q=eva").text


def test_an_invitation_is_made_again_and_withdrawn(visit: Visit, stage: Stage) -> None:
    ines = visit("ines")
    form = EVA | {"space": stage.world.spaces["Brun"], "brand": stage.world.brands["North"]}
    first = _link(ines.post("/console/invitations/clients", data=form, headers=HTMX).text)
    key = _key(ines.get("/console/people?q=eva").text)
    second = _link(ines.post(f"/console/people/{key}/invitation", headers=HTMX).text)
    assert [visit(None).get(link).status_code for link in (first, second)] == [404, 200]
    assert "The link expires on" in ines.get(f"/console/people/{key}").text
    assert ines.delete(f"/console/people/{key}/invitation").status_code == 204
    assert visit(None).get(second).status_code == 404
    assert "No link works now" in ines.get(f"/console/people/{key}").text
    assert ines.post(f"/console/people/{stage.world.keys['marie']}/invitation").status_code == 409


def test_disabling_signs_out_at_once_and_enabling_lets_in_again(visit: Visit, stage: Stage) -> None:
    marie, address = visit("marie"), f"/console/people/{stage.world.keys['marie']}/disablement"
    assert marie.get("/").status_code == 200
    assert visit("ines").post(address).status_code == 403
    assert visit("adam").post(address).status_code == 204
    assert marie.get("/").status_code == 302
    assert marie.get(f"/discussions/{stage.world.permit}", headers=HTMX).status_code == 401
    form = {"email": "marie@example.com", "password": PASSWORD}
    assert visit(None).post("/login", data=form).status_code == 422
    assert visit("adam").delete(address).status_code == 204
    assert marie.get("/").status_code == 302
    assert visit(None).post("/login", data=form).status_code == 303


def test_nobody_disables_themselves_nor_an_admin_the_owner(visit: Visit, stage: Stage) -> None:
    for who, whom in (("adam", "adam"), ("adam", "olga"), ("olga", "olga")):
        browser, address = visit(who), f"/console/people/{stage.world.keys[whom]}"
        assert "disablement" not in browser.get(address, headers=HTMX).text
        assert browser.post(f"{address}/disablement").status_code == 403


def test_of_very_many_the_first_are_shown_and_it_is_said(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = visit("adam").get("/console/people").text
    assert "by name; the search" not in everybody
    monkeypatch.setattr(queries, "PAGE", everybody.count('class="names"') - 1)
    some = visit("adam").get("/console/people").text
    assert everybody.count('class="names"') - some.count('class="names"') == 1
    assert "by name; the search" in some


def test_settings_are_for_admins(visit: Visit) -> None:
    form = {"name": "Delta & Co", "staff_names": "brand"}
    assert visit("ines").get("/console/settings").status_code == 404
    assert visit("adam").post("/console/settings", data=form | {"staff_names": "none"}).status_code == 422
    assert visit("adam").post("/console/settings", data=form).location == "/console/settings?saved=1"
    assert "Delta &amp; Co" in visit("adam").get("/console/settings").text


def test_a_brand_is_changed_and_a_refusal_stands_beside_its_field(visit: Visit, stage: Stage) -> None:
    adam, address = visit("adam"), f"/console/settings/brands/{stage.world.brands['North']}"
    form = {"name": "North", "hue": "300", "host": "", "owner": stage.world.keys["ines"]}
    assert adam.get(address, headers=HTMX).status_code == 200
    taken = adam.post(address, data=form | {"host": "south.example.com"}, headers=HTMX)
    assert taken.status_code == 409
    assert re.search(r'id="host-errors">.*Another brand', taken.text)
    assert adam.post(address, data=form | {"hue": "360"}, headers=HTMX).status_code == 422
    assert adam.post(address, data=form, headers=HTMX).headers["HX-Redirect"] == "/console/settings?saved=1"
    assert "--brand-hue:300" in visit("marie").get("/brand.css").text


def test_discussions_without_owner_are_listed_without_title_and_taken_over(visit: Visit, stage: Stage) -> None:
    adam = visit("adam")
    adam.post(f"/console/people/{stage.world.keys['ines']}/disablement")
    page = adam.get("/console/ownerless").text
    assert "Permit" not in page
    assert f"/console/ownerless/{stage.world.permit}" in page
    assert adam.get(f"/console/discussions/{stage.world.permit}").status_code == 404
    assert adam.post(f"/console/ownerless/{stage.world.permit}").status_code == 303
    assert adam.get(f"/console/discussions/{stage.world.permit}").status_code == 200


def _link(dialog: str) -> str:
    found = re.search(r"http://localhost(/invitations/[\w-]+)", dialog)
    assert found
    return found[1]


def _key(page: str) -> str:
    found = re.search(r'hx-get="/console/people/(\w{26})"', page)
    assert found
    return found[1]
