"""Doors: first run, sign-in, profile, password and devices."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.models import Firm
from tests.conftest import Stage, make_app
from tests.doors.steps import Visit, blank, fetch, invite, is_in, sign_in
from tests.world import PASSWORD

FIRST_RUN = {
    "firm": "Morel & Fils",
    "brand": "",
    "name": "Camille Morel",
    "email": "Camille@Example.com",
    "password": PASSWORD,
    "time_zone": "Europe/Paris",
}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Flask:
    """The application before its first run, on both databases."""
    return make_app(database_url, tmp_path)


def test_first_run_leads_to_itself_happens_once_and_is_gone(empty: Flask) -> None:
    client = empty.test_client()
    assert client.get("/").location == "/start"
    assert client.get("/login").location == "/start"
    assert client.get("/start").status_code == 200
    made = client.post("/start", data=FIRST_RUN)
    assert (made.status_code, made.location) == (303, "/console/discussions")
    assert client.get("/console/discussions").status_code == 200
    assert client.get("/start").status_code == 404
    assert client.post("/start", data=FIRST_RUN | {"email": "eve@example.com"}).status_code == 404
    assert fetch(empty, select(func.count()).select_from(Firm)) == 1
    assert sign_in(empty.test_client(), "camille@example.com") == 303


@pytest.mark.parametrize(
    ("field", "value"), [("password", "short"), ("email", "nobody"), ("name", " "), ("time_zone", "Mars/Base")]
)
def test_first_run_says_what_is_wrong_and_keeps_the_rest(empty: Flask, field: str, value: str) -> None:
    answer = empty.test_client().post("/start", data=FIRST_RUN | {field: value})
    assert answer.status_code == 422
    assert "Morel &amp; Fils" in answer.text
    assert PASSWORD not in answer.text
    assert fetch(empty, select(Firm.id)) is None


def test_every_failed_sign_in_gets_the_same_answer(site: Flask, stage: Stage) -> None:
    invite(site, stage)
    failed = [
        ("marie@example.com", "not the password"),
        ("nobody@example.com", PASSWORD),
        ("dora@example.com", PASSWORD),  # disabled
        ("eva@example.com", PASSWORD),  # invited
    ]
    pages = set()
    for email, password in failed:
        answer = site.test_client().post("/login", data={"email": email, "password": password})
        assert answer.status_code == 422
        assert f'value="{email}"' in answer.text
        assert 'role="alert"' in answer.text
        pages.add(blank(answer.text, email))
    assert len(pages) == 1


def test_sign_in_folds_the_address_and_goes_on(visit: Visit) -> None:
    client = visit(None)
    answer = client.post("/login", data={"email": " Marie@Example.COM ", "password": PASSWORD, "next": "/profile"})
    assert (answer.status_code, answer.location) == (303, "/profile")
    assert client.get("/login?next=/profile").location == "/profile"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "https://evil.example/",
        "https:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\n//evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_going_on_never_leaves_the_site(visit: Visit, target: str) -> None:
    client = visit(None)
    answer = client.post("/login", data={"email": "marie@example.com", "password": PASSWORD, "next": target})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/login", query_string={"next": target}).location == "/"
    assert visit(None).post("/language/fr", data={"next": target}).location == "/login"


def test_failed_tries_are_limited_for_each_account(visit: Visit) -> None:
    client = visit(None)
    tries = [
        sign_in(client, "marie@example.com", "wrong", environ_base={"REMOTE_ADDR": f"198.51.100.{n}"})
        for n in range(11)
    ]
    assert tries == [422] * 10 + [429]
    assert sign_in(client, "luc@example.com", environ_base=ELSEWHERE) == 303


def test_failed_tries_are_limited_for_each_network_address(visit: Visit) -> None:
    client = visit(None)
    assert [sign_in(client, f"guess{n}@example.com", "wrong") for n in range(11)] == [422] * 10 + [429]
    assert sign_in(visit(None), "marie@example.com", environ_base=ELSEWHERE) == 303


def test_successes_are_not_counted(visit: Visit) -> None:
    assert {sign_in(visit(None), "marie@example.com") for _ in range(12)} == {303}


def test_signing_out_ends_this_device_only(visit: Visit) -> None:
    here, there = visit(None), visit("marie")
    sign_in(here, "marie@example.com")
    answer = here.post("/logout")
    assert answer.location == "/login"
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert not is_in(here)
    assert is_in(there)


def test_a_signed_out_browser_chooses_its_language(visit: Visit) -> None:
    client = visit(None)
    assert client.post("/language/fr", data={"next": "/login?next=/profile"}).location == "/login?next=/profile"
    assert '<html lang="fr"' in client.get("/login").text
    client.post("/language/xx")
    assert '<html lang="fr"' in client.get("/login").text


def test_the_profile_is_saved(visit: Visit) -> None:
    client = visit("marie")
    form = {"name": "Marie D.", "language": "fr", "time_zone": "America/Montreal"}
    assert client.post("/profile", data=form).location == "/profile?saved=profile"
    page = client.get("/profile").text
    assert 'value="Marie D."' in page
    assert '<html lang="fr" data-time-zone="America/Montreal"' in page
    assert not re.search(r'id="enter_sends"[^>]*checked', page)
    assert client.post("/profile", data=form | {"name": ""}).status_code == 422
    assert client.post("/profile", data=form | {"time_zone": "Mars/Base"}).status_code == 422


def test_a_new_password_signs_all_other_devices_out(visit: Visit) -> None:
    here, there = visit(None), visit("marie")
    sign_in(here, "marie@example.com")
    form = {"current": PASSWORD, "new": "another good password", "again": "another good password"}
    for wrong in ({"current": "wrong"}, {"new": "short", "again": "short"}, {"again": "different password"}):
        assert here.post("/profile/password", data=form | wrong).status_code == 422
    assert is_in(there)
    assert here.post("/profile/password", data=form).location == "/profile?saved=password"
    assert is_in(here)
    assert not is_in(there)
    assert sign_in(visit(None), "marie@example.com") == 422
    assert sign_in(visit(None), "marie@example.com", "another good password") == 303


def test_devices_are_ones_own_to_sign_out(visit: Visit) -> None:
    marie, luc = visit(None), visit("luc")
    sign_in(marie, "marie@example.com")
    foreign = re.search(r"/profile/devices/(\w+)", visit("marie").get("/profile").text)
    assert foreign
    assert luc.post(f"/profile/devices/{foreign[1]}").status_code == 404
    assert is_in(marie)
    assert visit("marie").post("/profile/devices").status_code == 303
    assert not is_in(marie)
    assert visit(None).post("/profile/devices").status_code == 401
