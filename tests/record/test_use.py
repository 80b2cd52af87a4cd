"""The record in pages, on the command line, and on the list of exceptions."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from portal.actions import erasing, exports, sightings
from portal.queries import erasures, exceptions
from tests.conftest import Stage
from tests.record import desk
from tests.world import World

BrowserOf = Callable[[str | None], FlaskClient]


def test_p12_the_list_of_exceptions_names_each_and_titles_only_to_who_is_in_it(app: Flask, world: World) -> None:
    sightings.see_as(world.viewer("ines"), world.permit, world.keys["marie"])
    exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm", notes=True)
    exports.ask_client(world.viewer("adam"), world.keys["marie"], contents="client")
    erasing.ask_discussion(world.viewer("olga"), world.inside, typed="Inside")
    found = exceptions.uses(world.viewer("adam"))
    assert [(one.what, one.by, one.brand, one.title) for one in found] == [
        ("erased", "Olga Owner", "North", None),
        ("client", "Adam Admin", "", "Marie Delcourt"),
        ("notes", "Ines Agent", "North", None),
        ("seen", "Ines Agent", "North", None),
    ]


def test_z9_the_pages_from_asking_to_a_download_that_goes_on(play: Flask, stage: Stage, browser_of: BrowserOf) -> None:
    ines, here = browser_of("ines"), f"/console/discussions/{stage.world.permit}"
    assert ines.post(f"{here}/exports", data={"what": f"as:{stage.world.keys['marie']}"}).status_code == 303
    assert "Being made" in ines.get(f"{here}/record").text
    while desk.making.make(desk.var()):
        pass
    page = ines.get(f"{here}/record").text
    address = page.split('/file"')[0].rpartition('href="')[2] + "/file"
    whole = ines.get(address)
    assert whole.status_code == 200
    assert hashlib.sha256(whole.data).hexdigest() in page
    rest = ines.get(address, headers={"Range": f"bytes={len(whole.data) - 9}-"})
    assert (rest.status_code, rest.data) == (206, whole.data[-9:])
    for other in ("hugo", "olga", "marie"):
        assert browser_of(other).get(address).status_code == 404
    assert ines.post(address.removesuffix("file") + "removal").status_code == 303
    assert ines.get(address).status_code == 404
    assert ines.post(f"{here}/exports", data={"what": "everything"}).status_code == 422


def test_z9_erasing_asks_twice_and_shows_the_proof(play: Flask, stage: Stage, browser_of: BrowserOf) -> None:
    adam, here = browser_of("adam"), f"/console/discussions/{stage.world.permit}"
    wrong = adam.post(f"{here}/erasure", data={"typed": "Permits"})
    assert (wrong.status_code, "Nothing was erased" in wrong.text) == (422, True)
    right = adam.post(f"{here}/erasure", data={"typed": "Permit"})
    assert right.status_code == 303
    desk.erase()
    proof = adam.get(right.headers["Location"])
    assert "Proof of erasure" in proof.text
    assert "Permit" not in proof.text
    assert "Yes, it was erased." in adam.get(f"{right.headers['Location']}?item={stage.world.text}").text
    assert "No, it was not" in adam.get(f"{right.headers['Location']}?item={stage.world.inside}").text
    assert browser_of("ines").get(here).status_code == 404
    assert "Erase this" not in browser_of("hugo").get(f"/console/discussions/{stage.world.inside}/record").text


def test_p12_an_admin_outside_reads_no_name_before_it_is_on_record(
    play: Flask, stage: Stage, browser_of: BrowserOf
) -> None:
    here, adam = f"/console/discussions/{stage.world.permit}", browser_of("adam")
    before = adam.get(f"{here}/record").text
    refused = adam.post(f"{here}/erasure", data={"typed": "x"})
    assert refused.status_code == 422
    for page in (before, refused.text):
        assert "A discussion of North" in page
        for name in ("Permit", "Marie", "message goes", "messages go,"):
            assert name not in page.replace("All messages go,", ""), name
    assert "Permit" in browser_of("ines").get(f"{here}/record").text
    assert adam.post(f"{here}/exports", data={"what": "firm"}).status_code == 303
    assert "asked for an export" in browser_of("ines").get(here).text
    after = adam.get(f"{here}/record").text
    assert "Permit" in after
    assert "Marie" in after
    assert "Permit" not in browser_of("olga").get(f"{here}/record").text, "who asked nothing"


def test_o3_the_command_line_does_the_same(play: Flask, stage: Stage, tmp_path: Path) -> None:
    world, run = stage.world, play.test_cli_runner()
    who = ["--as", world.keys["adam"]]
    told = run.invoke(args=["export", "discussion", world.permit, *who, "--firm", "--to", str(tmp_path)])
    assert told.exit_code == 0, told.output
    path = next(tmp_path.glob("*.zip"))
    assert path.with_name(f"{path.name}.sha256").read_text().split()[0] == hashlib.sha256(path.read_bytes()).hexdigest()
    refused = run.invoke(args=["export", "client", world.keys["marie"], "--as", world.keys["ines"]])
    assert refused.exit_code == 1
    assert run.invoke(args=["erase", "client", world.keys["marie"], *who], input="Maria\n").exit_code == 1
    done = run.invoke(args=["erase", "client", world.keys["marie"], *who], input="Marie Delcourt\n")
    assert (done.exit_code, "Done." in done.output) == (0, True), done.output
    assert erasures.proofs(world.viewer("adam"))[0].done_at
