"""See as this person (SPEC Z2): what a client really gets, for staff who are in the discussion, recorded, still."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from portal import access
from portal.actions import discussions, messages, participants, people, pictures, read_marks, sightings
from portal.actions.unit import transaction, unit
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, NotFound
from portal.models import Mail, MailState, Sighting
from portal.queries import messages as stretches, sightings as queries
from portal.web.still import still
from portal.web.times import written
from tests.conftest import Stage
from tests.links import desk as link_desk
from tests.record import desk
from tests.secrecy.test_canary import CHANGING
from tests.world import World, token

BrowserOf = Callable[[str | None], FlaskClient]


def test_z2_whose_it_is_and_nobody_elses(app: Flask, world: World) -> None:
    marie = world.keys["marie"]
    for name in ("ines", "hugo"):
        assert access.seen_as(world.viewer(name), world.permit, marie).key == marie
    for name in ("olga", "adam", "nina", "sam", "marie", "luc"):
        with pytest.raises(NotFound):
            access.seen_as(world.viewer(name), world.permit, marie)
    for other in ("zoe", "luc", "paul", "hugo", "ines"):
        with pytest.raises(NotFound):
            access.seen_as(world.viewer("ines"), world.permit, world.keys[other])
    with pytest.raises(NotFound):
        access.seen_as(world.viewer("ines"), world.inside, marie)


def test_z2_only_that_discussion_of_hers(app: Flask, world: World) -> None:
    other = discussions.create(world.viewer("adam"), title="Fees", audience="shared", brand_key=world.brands["North"])
    participants.add(world.viewer("adam"), other, world.keys["marie"])
    client = access.seen_as(world.viewer("ines"), world.permit, world.keys["marie"])
    assert stretches.page(client, world.permit).messages
    with pytest.raises(NotFound):
        stretches.page(client, other)
    assert db.session.scalars(access.scopes.spaces(client)).all() == []


def test_z2_what_is_read_as_her_can_write_nothing(app: Flask, world: World) -> None:
    client = access.seen_as(world.viewer("ines"), world.permit, world.keys["marie"])
    before = desk.contents()
    deeds: tuple[Callable[[], object], ...] = (
        lambda: messages.post(client, world.permit, body="Hi", token=token()),
        lambda: messages.edit(client, world.permit, world.answer, body="Hi"),
        lambda: messages.delete(client, world.permit, world.answer),
        lambda: read_marks.read(client, world.permit, 2**30),
        lambda: read_marks.set_notify(client, world.permit, "none"),
        lambda: pictures.remove_picture(client),
        lambda: people.update_profile(client, name="X", language="en", time_zone="UTC", enter_sends=True),
        lambda: unit(client, by_mail=True).__enter__(),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed()
    assert desk.contents() == before
    assert messages.post(world.viewer("marie"), world.permit, body="Hi", token=token())


def test_d7_nobody_sees_by_it_what_was_said_before_they_were_added(app: Flask, world: World) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["nina"], history="now")
    with pytest.raises(Forbidden, match="sees_more"):
        sightings.see_as(world.viewer("nina"), world.permit, world.keys["marie"])
    assert db.session.scalar(select(func.count(Sighting.id))) == 0


def test_p12_nothing_is_seen_that_was_not_recorded_and_a_look_ends(app: Flask, world: World) -> None:
    ines, marie = world.viewer("ines"), world.keys["marie"]
    with pytest.raises(NotFound):
        access.looked(ines, world.permit, marie)
    hers = stretches.page(world.viewer("marie"), world.permit)
    for _ in range(2):
        sightings.see_as(ines, world.permit, marie)
    assert access.looked(ines, world.permit, marie)
    with pytest.raises(NotFound):
        access.looked(world.viewer("hugo"), world.permit, marie)
    lines = [one.line for one in stretches.page(ines, world.permit).messages if one.line]
    assert [(line.name, line.actor, line.person) for line in lines][-1] == (
        "discussion.seen_as", "Ines Agent", "Marie Delcourt",
    )  # fmt: skip
    assert sum(line.name == "discussion.seen_as" for line in lines) == 1, "a second click is the same look"
    assert stretches.page(world.viewer("marie"), world.permit) == hers, "she never learns of it"
    with transaction():
        db.session.execute(update(Sighting).values(at=now() - timedelta(hours=2)))
    with pytest.raises(NotFound):
        access.looked(ines, world.permit, marie)


def test_z2_her_last_mail_as_it_was_sent_with_nothing_that_opens(app: Flask, world: World) -> None:
    key = link_desk.mailed(world)
    said = f'<p style="color:red">Here is the plan.</p><a href="https://a.example/l/[[link:{key}]]">Open</a>'
    told = {"state": MailState.SENT, "sent_at": now(), "subject": "Permit", "html": said}
    with transaction():
        db.session.execute(update(Mail).where(Mail.public_id == key).values(**told))
    sightings.see_as(world.viewer("ines"), world.permit, world.keys["marie"])
    mail = queries.last_mail(world.viewer("ines"), world.permit, world.keys["marie"])
    assert mail is not None
    assert mail.subject == "Permit"
    shown = still(mail.html)
    assert '<p style="color:red">Here is the plan.</p>' in shown
    assert key not in shown
    assert "[[" not in shown
    assert "href=" not in shown
    with pytest.raises(NotFound):
        queries.last_mail(world.viewer("hugo"), world.permit, world.keys["marie"])


def test_z2_the_page_is_the_clients_own_to_the_byte(play: Flask, stage: Stage, browser_of: BrowserOf) -> None:
    """What she gets, made still, is what Ines gets in the frame; nothing is written by looking."""
    world = stage.world
    desk.attach(world, world.text, "plan.txt", b"x")
    here = f"/console/discussions/{world.permit}/sightings/{world.keys['marie']}"
    ines, marie = browser_of("ines"), browser_of("marie")
    hers = marie.get(f"/discussions/{world.permit}").text
    assert ines.get(f"{here}/page").status_code == 404, "before it is recorded"
    assert ines.post(here).status_code == 303
    marie_again = marie.get(f"/discussions/{world.permit}").text
    before = desk.contents("device")
    around = ines.get(here)
    seen = ines.get(f"{here}/page")
    styles = ines.get(f"{here}/styles.css")
    mail = ines.get(f"{here}/mail")
    assert desk.contents("device") == before
    assert (around.status_code, seen.status_code, styles.status_code, mail.status_code) == (200, 200, 200, 404)
    hers_is = access.looked(world.viewer("ines"), world.permit, world.keys["marie"])
    wanted = still(hers, f"{here}/styles.css", "/console/files/", written(hers_is.language, hers_is.time_zone))
    assert _same(seen.text) == _same(wanted)
    assert _same(hers) == _same(marie_again), "nothing of it is in her bytes"
    assert world.keys["marie"] in styles.text
    assert "You see this discussion as" in around.text
    assert browser_of("hugo").get(f"{here}/page").status_code == 404


def test_z2_the_page_leads_nowhere(play: Flask, stage: Stage, browser_of: BrowserOf) -> None:
    world = stage.world
    desk.attach(world, world.text, "plan.txt", b"x")
    here = f"/console/discussions/{world.permit}/sightings/{world.keys['marie']}"
    ines = browser_of("ines")
    ines.post(here)
    seen = ines.get(f"{here}/page")
    for part in ("<script", "hx-get", "hx-post", "hx-ws", "action=", "csrf", "onclick", "/live", "/logout"):
        assert part not in seen.text, part
    led = set(re.findall(r'<a\b[^>]*href="([^"]*)"', seen.text))
    assert all(address.startswith("/console/files/") for address in led)
    assert led, "her file can be opened"
    assert ines.get(led.pop()).data == b"x"
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert "allow-scripts" not in seen.headers["Content-Security-Policy"]


def test_what_is_made_still_keeps_words_and_loses_ways() -> None:
    page = (
        '<!doctype html><a href="https://evil.example" title="a &amp; b">x &lt; y&nbsp;</a><script>alert(1)</script>'
        '<img src="/files/k/preview"><form method="post" action="/x" hx-post="/x"><input type="hidden" value="t">'
        '</form><template><p>no</p></template><link rel="stylesheet" href="/static/a.css">'
        '<link rel="stylesheet" href="/me.css">'
    )
    assert still(page, "/own.css", "/console/files/") == (
        '<!doctype html><a title="a &amp; b">x &lt; y&nbsp;</a><img src="/console/files/k/preview">'
        '<form method="post" inert=""></form><link rel="stylesheet" href="/static/a.css">'
        '<link rel="stylesheet" href="/own.css">'
    )


def test_times_stand_as_the_client_reads_them(play: Flask) -> None:
    """What a script would write: in their zone and language; the words of the server go."""
    write = written("fr", "Europe/Paris")
    with clock.at(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        page = '<time datetime="2026-11-{}" data-format="{}">22.11.</time>'
        told = [still(page.format(at, form), times=write) for at, form in MOMENTS]
    assert [re.sub("<[^>]*>", "", one) for one in told] == ["00:18", "00:18", "jeu.", "2 nov.", "2 nov. 10:00"]


MOMENTS = (
    ("21T23:18:00Z", "time"),
    ("21T23:18:00Z", "short"),
    ("19T09:00:00Z", "short"),
    ("02T09:00:00Z", "short"),
    ("02T09:00:00Z", "moment"),
)


def _same(page: str) -> str:
    """Without what differs in every answer."""
    page = re.sub(r'value="[0-9a-f]{32}"', "", CHANGING.sub("", page))
    return re.sub(r"\s+", " ", page)
