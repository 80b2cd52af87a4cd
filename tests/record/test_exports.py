"""Exports (SPEC Z9): what is in them for whom, who may ask, how they are made; on both databases."""

import hashlib
import json
import zipfile
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.actions import agreements, discussions, exports, messages, participants, people, read_marks
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.text import BEGIN, TEAM_SIGN
from portal.models import Export
from portal.queries import erasures, exports as reading, messages as stretches, own_exports as queries
from portal.record import exports as making
from tests.actions.rows import decide
from tests.mailbox import desk as mail_desk
from tests.record import desk
from tests.world import World, token


def test_z9_a_discussion_is_one_file_with_all_that_was_said_and_sent(app: Flask, world: World, tmp_path: Path) -> None:
    desk.attach(world, world.text, "plan façade.txt", b"north wall")
    found = desk.export(world, "ines", discussion=world.permit, contents="firm", notes=True)
    assert [one["body"] for one in desk.said(found) if one["kind"] != "event"] == [
        "Here is the plan.", "She pays late.", "Thank you!",
    ]  # fmt: skip
    assert found.read("files/plan façade.txt") == b"north wall"
    text, _ = desk.paper(found)
    for words in ("Permit", "Ines Agent", "Here is the plan.", "She pays late.", "plan façade.txt", "1 / "):
        assert words in text, words
    assert "Ines Agent added Marie Delcourt." in text
    assert found.read("conversation.html").decode().count("<article") == 3
    told = desk.sums_hold(found, tmp_path)
    assert told.count(": OK") == len(found.namelist()) - 1, "every part but the list itself"


def test_z9_without_notes_it_has_none_and_as_a_client_sees_it_only_what_she_could_read(
    app: Flask, world: World
) -> None:
    firm = desk.export(world, "ines", discussion=world.permit, contents="firm")
    assert "pays late" not in desk.everything(firm)
    handed = desk.export(world, "ines", discussion=world.permit, **desk.as_client(world, "marie"))
    assert [one["body"] for one in desk.said(handed)] == ["Here is the plan.", "Thank you!"]
    for secret in ("pays late", "Hugo", "Zoe", "Olga", "added", "participants"):
        assert secret not in desk.everything(handed), secret


def test_z9_who_is_in_it_may_ask_and_admins_as_an_exception_and_nobody_else(app: Flask, world: World) -> None:
    for name in ("ines", "hugo", "adam", "olga"):
        assert exports.ask_discussion(world.viewer(name), world.permit, contents="firm")
    for name in ("nina", "sam", "marie", "zoe"):
        with pytest.raises(NotFound):
            exports.ask_discussion(world.viewer(name), world.permit, contents="firm")
    for name in ("ines", "nina", "marie"):
        with pytest.raises(NotFound):
            exports.ask_client(world.viewer(name), world.keys["marie"], contents="firm")
    assert exports.ask_client(world.viewer("adam"), world.keys["marie"], contents="firm")
    with pytest.raises(NotFound):
        exports.ask_client(world.viewer("adam"), world.keys["ines"], contents="firm")


def test_s3_a_choice_that_says_two_things_is_refused_and_not_guessed(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    for what in ({"contents": "client", "notes": True}, {"contents": "all"}, {"contents": ""}):
        with pytest.raises(Invalid):
            exports.ask_discussion(ines, world.permit, client_key=world.keys["marie"], **what)
    with pytest.raises(NotFound):
        exports.ask_discussion(ines, world.permit, contents="client", client_key=world.keys["paul"])


def test_d7_who_was_added_later_exports_no_more_than_they_read(app: Flask, world: World) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["nina"], history="now")
    messages.post(world.viewer("marie"), world.permit, body="After Nina came.", token=token())
    found = desk.export(world, "nina", discussion=world.permit, contents="firm", notes=True)
    assert [one["body"] for one in desk.said(found) if one["kind"] != "event"] == ["After Nina came."]
    with pytest.raises(Forbidden, match="sees_more"):
        exports.ask_discussion(world.viewer("nina"), world.permit, **desk.as_client(world, "marie"))
    whole = desk.export(world, "adam", discussion=world.permit, contents="firm")
    assert "Here is the plan." in desk.everything(whole), "an admin's is the whole, on record"


def test_z9_a_clients_file_has_every_discussion_they_are_or_were_in(app: Flask, world: World) -> None:
    other = discussions.create(world.viewer("adam"), title="Fees", audience="shared", brand_key=world.brands["North"])
    participants.add(world.viewer("adam"), other, world.keys["marie"])
    messages.post(world.viewer("adam"), other, body="Here are the fees.", token=token())
    participants.remove(world.viewer("adam"), other, world.keys["marie"])
    messages.post(world.viewer("adam"), other, body="She is gone.", token=token())
    found = desk.export(world, "olga", client="marie", contents="client")
    names = found.namelist()
    assert "001 Permit/conversation.pdf" in names
    assert "002 Fees/conversation.pdf" in names
    assert "Here are the fees." in desk.everything(found)
    assert "She is gone." not in desk.everything(found)


def test_s2_a_note_changes_no_byte_of_an_export_without_notes(app: Flask, world: World) -> None:
    moment = now()

    def parts(**what: object) -> dict[str, bytes]:
        with clock.at(moment):
            found = desk.export(world, "ines", discussion=world.permit, **what)
        return {name: found.read(name) for name in found.namelist()}

    asked = ({"contents": "firm"}, desk.as_client(world, "marie"))
    parts(**asked[0])  # whose line the others have alike
    parts(**asked[1])
    before = [parts(**asked[1]), _without_lines(parts(**asked[0]))]
    note = messages.post(world.viewer("hugo"), world.permit, body="A note.", kind="note", token=token())
    desk.attach(world, note, "secret.txt", b"x", who="hugo")
    messages.edit(world.viewer("hugo"), world.permit, note, body="Another note.")
    assert [parts(**asked[1]), _without_lines(parts(**asked[0]))] == before


def _without_lines(parts: dict[str, bytes]) -> list[dict[str, object]]:
    """The messages: each export leaves a line of its own in what is the firm's."""
    return [one for one in json.loads(parts["conversation.json"])["messages"] if one["kind"] != "event"]


def test_d5_what_is_handed_out_tells_of_staff_only_what_the_firm_says(app: Flask, world: World) -> None:
    from portal.actions import firm

    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="brand")
    found = desk.export(world, "ines", discussion=world.permit, **desk.as_client(world, "marie"))
    whole = desk.everything(found)
    assert "Ines" not in whole
    assert [one["author"] for one in desk.said(found)] == ["North", "Marie Delcourt"]
    _, about = desk.paper(found)
    assert {about[name].strip() for name in ("Title", "Author", "Subject", "Keywords", "Creator")} == {""}
    assert about["CreationDate"].startswith("D:2000")


def test_z9_removed_meanwhile_it_is_gone_and_so_for_everybody_else(app: Flask, world: World) -> None:
    hugo = world.viewer("hugo")
    key = exports.ask_discussion(hugo, world.permit, contents="firm")
    assert desk.make(key).is_file()
    assert queries.view(hugo, key).state == "ready"
    for other in ("ines", "olga", "nina"):
        with pytest.raises(NotFound):
            queries.view(world.viewer(other), key)
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    with pytest.raises(NotFound):
        queries.view(hugo, key)
    participants.add(world.viewer("ines"), world.permit, world.keys["hugo"])
    with pytest.raises(NotFound):
        queries.view(hugo, key), "who comes back asks again"


def test_z9_removed_before_it_is_made_it_is_never_made(app: Flask, world: World) -> None:
    key = exports.ask_discussion(world.viewer("hugo"), world.permit, contents="firm")
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    assert not desk.make(key).exists()
    assert desk.state_of(key) == "gone"
    other = exports.ask_discussion(world.viewer("adam"), world.permit, contents="firm")
    people.disable(world.viewer("olga"), world.keys["adam"])
    assert not desk.make(other).exists()


def test_z9_it_ends_by_itself_and_its_file_is_swept(app: Flask, world: World) -> None:
    key = exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm")
    path = desk.make(key)
    making.sweep(desk.var())
    assert path.is_file()
    with clock.at(now() + timedelta(days=8)):
        making.sweep(desk.var())
    assert not path.exists()
    assert desk.state_of(key) == "gone"


def test_z9_the_worker_dies_over_it_and_the_next_makes_it_whole(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed at any part of it: nothing half is ever there, and it is claimed anew when the claim ends."""
    key = exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm")
    path = making.path_of(desk.var(), key)
    for place in ("_keep", "sum_of"):
        with monkeypatch.context() as dying:
            dying.setattr(making, place, _killed)
            with pytest.raises(KeyboardInterrupt):
                making.make(desk.var())
        assert not path.exists()
        assert not making.make(desk.var()), "somebody is at it"
        with transaction():
            db.session.execute(update(Export).values(due_at=now()))
    assert zipfile.ZipFile(desk.make(key)).testzip() is None
    found = queries.view(world.viewer("ines"), key)
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.size == path.stat().st_size


def _killed(*_args: object) -> None:
    raise KeyboardInterrupt


def test_r8_no_room_is_said_and_nothing_is_left(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm")
    monkeypatch.setattr(making, "has_room", lambda *_: False)
    assert not desk.make(key).exists()
    assert (desk.state_of(key), queries.view(world.viewer("ines"), key).reason) == ("failed", "storage_full")
    assert list((desk.var() / making.FOLDER).iterdir()) == []


def test_z9_not_more_than_five_at_once(app: Flask, world: World) -> None:
    for _ in range(5):
        exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm")
    with pytest.raises(Conflict):
        exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm")
    assert exports.ask_discussion(world.viewer("hugo"), world.permit, contents="firm")


def test_p12_each_is_on_record_and_a_line_tells_colleagues_and_no_client(app: Flask, world: World) -> None:
    marie = stretches.page(world.viewer("marie"), world.permit)
    exports.ask_discussion(world.viewer("adam"), world.permit, contents="firm", notes=True)
    assert stretches.page(world.viewer("marie"), world.permit) == marie
    last = stretches.page(world.viewer("ines"), world.permit).messages[-1]
    assert (last.kind, last.line.name, last.line.actor) == ("event", "discussion.exported", "Adam Admin")
    assert db.session.scalars(select(Export.notes)).all() == [True]


def test_two_files_of_one_name_are_two_and_no_name_leads_out(app: Flask, world: World) -> None:
    for content, name in ((b"1", "Plan.txt"), (b"2", "plan.TXT"), (b"3", "../../etc/passwd"), (b"4", ".hidden")):
        desk.attach(world, world.text, name, content)
    found = desk.export(world, "ines", discussion=world.permit, contents="firm")
    names = [name for name in found.namelist() if name.startswith("files/")]
    assert sorted(found.read(name) for name in names) == [b"1", b"2", b"3", b"4"]
    assert len({name.casefold() for name in names}) == 4
    assert not any(".." in name or name.count("/") > 1 for name in names)


def test_z9_a_long_one_is_read_some_at_a_time_and_whole(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 1)
    monkeypatch.setattr(making, "SAID_EVERY", 0.0)
    found = desk.export(world, "ines", discussion=world.permit, **desk.as_client(world, "marie"))
    assert [one["body"] for one in desk.said(found)] == ["Here is the plan.", "Thank you!"]
    assert {one["body"] for one in desk.said(desk.export(world, "hugo", discussion=world.permit, contents="firm"))} >= {
        "Here is the plan.", "Thank you!",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64"])
def test_e6_no_mail_in_it_holds_its_writers_way_in(app: Flask, world: World, encoding: str) -> None:
    """Who replies quotes the link and the address that they were sent: these open the discussion as they do."""
    to = mail_desk.told(world, "marie")
    link = f"https://portal.example.com/l/{'a' * 52}"
    mail = message_from_bytes(mail_desk.letter(to), policy=SMTP)
    mail.set_content(f"Yes, the okapi!\n\nOn Monday, Ines wrote:\n> {link}\n> {to}\n", cte=encoding)
    assert mail_desk.arrive(mail.as_bytes()).fate == "posted"
    for name in ("ines", "adam"):
        found = desk.export(world, name, discussion=world.permit, contents="firm", notes=True)
        (part,) = (part for part in found.namelist() if part.startswith("mails/"))
        said = found.read(part)
        opened = message_from_bytes(said, policy=SMTP).get_content().encode() if part.endswith(".eml") else said
        assert b"okapi" in opened
        for kept in (said, opened):
            assert b"a" * 52 not in kept
            assert to.partition("@")[0].encode() not in kept
    handed = desk.export(world, "ines", discussion=world.permit, **desk.as_client(world, "marie"))
    assert not any(part.startswith("mails/") for part in handed.namelist())


def test_p11_who_may_export_no_more_has_none_of_before(app: Flask, world: World) -> None:
    key = exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm")
    desk.make(key)
    decide(world, withheld={"export"})
    with pytest.raises(NotFound):
        queries.view(world.viewer("ines"), key)
    decide(world, withheld=set())
    assert queries.view(world.viewer("ines"), key).state == "ready"


def test_d7_what_was_agreed_to_before_somebody_came_is_not_in_theirs(app: Flask, world: World) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["nina"], history="now")
    agreements.ask(world.viewer("ines"), world.permit, world.text, body="Do you agree?", token=token())
    mine = desk.everything(desk.export(world, "nina", discussion=world.permit, contents="firm"))
    assert "Do you agree?" in mine
    assert "Here is the plan." not in mine
    whole = desk.said(desk.export(world, "hugo", discussion=world.permit, contents="firm"))
    assert ["Here is the plan." in str(one["agreement"]) for one in whole if "agreement" in one] == [True]


def test_p12_what_an_admin_asked_for_is_an_admins(app: Flask, world: World) -> None:
    """Who was added from now on reads the whole as an admin alone; made or not, it goes with that role."""
    participants.add(world.viewer("ines"), world.permit, world.keys["adam"], history="now")
    ready = exports.ask_discussion(world.viewer("adam"), world.permit, contents="firm")
    assert "Here is the plan." in desk.everything(_made(ready))
    waiting = exports.ask_discussion(world.viewer("adam"), world.permit, contents="firm")
    desk.role_is(world, "adam", "agent")
    for key in (ready, waiting):
        with pytest.raises(NotFound):
            queries.view(world.viewer("adam"), key)
    assert not desk.make(waiting).exists()
    mine = exports.ask_discussion(world.viewer("adam"), world.permit, contents="firm")
    desk.role_is(world, "adam", "admin")
    assert "Here is the plan." not in desk.everything(_made(mine)), "asked for as an agent"


def test_p12_who_was_removed_and_is_an_admin_since_has_not_what_they_asked_for_before(app: Flask, world: World) -> None:
    """It was theirs while they were in it; now they read the name of the discussion when they ask as an admin."""
    hugo = world.viewer("hugo")
    ready = exports.ask_discussion(hugo, world.permit, contents="firm")
    assert _made(ready)
    desk.role_is(world, "hugo", "admin")
    assert queries.view(world.viewer("hugo"), ready)
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    with pytest.raises(NotFound):
        queries.view(world.viewer("hugo"), ready)
    assert erasures.discussion(world.viewer("hugo"), world.permit).name == ""
    exports.ask_discussion(world.viewer("hugo"), world.permit, contents="firm")
    assert erasures.discussion(world.viewer("hugo"), world.permit).name == "Permit"


def test_z9_who_was_removed_is_handed_the_title_and_the_words_of_then(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    discussions.rename(ines, world.permit, title="Permit of May")
    messages.edit(ines, world.permit, world.text, body="Here is the first plan.")
    participants.remove(ines, world.permit, world.keys["marie"])
    discussions.rename(ines, world.permit, title="Marie never pays")
    messages.edit(ines, world.permit, world.text, body="Sue her.")
    messages.post(ines, world.permit, body="Later.", token=token())
    for key in (
        exports.ask_discussion(world.viewer("adam"), world.permit, **desk.as_client(world, "marie")),
        exports.ask_client(world.viewer("adam"), world.keys["marie"], contents="client"),
    ):
        found = _made(key)
        assert [one["body"] for one in desk.said(found)] == ["Here is the first plan.", "Thank you!"]
        assert json.loads(found.read("conversation.json"))["discussion"] == "Permit of May"
        for later in ("never pays", "Sue her", "Later."):
            assert later not in desk.everything(found), later
    participants.add(ines, world.permit, world.keys["marie"], confirmed=True, history="all")
    now_in = desk.export(world, "adam", discussion=world.permit, **desk.as_client(world, "marie"))
    assert "Marie never pays" in desk.everything(now_in)


def test_z9_what_was_said_before_names_whom_it_mentioned(app: Flask, world: World) -> None:
    ines, hugo = world.viewer("ines"), world.keys["hugo"]
    said = messages.post(ines, world.permit, body="@Hugo Agent", kind="note", token=token(), chosen=[hugo])
    messages.edit(ines, world.permit, said, body="Nobody.")
    assert [str(one.html) for one in stretches.versions(ines, world.permit, said)] == [
        f'<p><span class="mention" data-person="{hugo}">@Hugo Agent</span></p>'
    ]
    messages.post(ines, world.permit, body="Ask @team.", token=token())
    found = desk.export(world, "ines", discussion=world.permit, contents="firm", notes=True)
    (before,) = [one["before"] for one in desk.said(found) if "before" in one]
    assert before[0]["body"] == "@Hugo Agent"
    assert "Ask @the team." in desk.paper(found)[0]
    assert "Ask @the team." in [one["body"] for one in desk.said(found)]
    for sign in (BEGIN, TEAM_SIGN):
        assert sign not in desk.everything(found)


def test_m8_who_has_read_up_to_where_is_in_the_firms_file_with_notes_alone(app: Flask, world: World) -> None:
    last = messages.post(world.viewer("ines"), world.permit, body="More.", token=token())
    read_marks.read(world.viewer("hugo"), world.permit, 2)
    read_marks.read(world.viewer("marie"), world.permit, 2**30)
    found = desk.export(world, "ines", discussion=world.permit, contents="firm", notes=True)
    marks = json.loads(found.read("conversation.json"))["read"]
    assert [(one["name"], one["message"]) for one in marks] == [
        ("Hugo Agent", world.note), ("Marie Delcourt", last),
    ]  # fmt: skip
    assert "Hugo Agent has read up to" in found.read("conversation.html").decode()
    assert "Hugo Agent has read up to" in desk.paper(found)[0].replace("\r\n", " ")
    for other in ({"contents": "firm"}, desk.as_client(world, "marie")):
        assert "read up to" not in desk.everything(desk.export(world, "ines", discussion=world.permit, **other))


def _made(key: str) -> zipfile.ZipFile:
    """That export, made by the worker."""
    return zipfile.ZipFile(desk.make(key))
