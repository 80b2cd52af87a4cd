"""Files and what they go out with: whose they are before, and whose after (SPEC M7)."""

import io
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, update

from portal.actions import discussions, files, messages, participants, pictures, previews
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, TooLarge
from portal.models import Conversation, Event, Fact, File, Firm, Message, Upload
from portal.queries import files as queries, listed_files, messages as stretches
from portal.storage import storage
from tests import sent
from tests.actions.rows import decide, refused
from tests.sent import TEXT, brought, look_at_all, photo, post
from tests.world import World, token


def test_a_file_goes_out_with_its_message_to_whom_that_goes(world: World) -> None:
    (key,) = post(world, "ines", ("plan.txt", TEXT))
    for reader in ("ines", "hugo", "marie"):
        assert queries.content(world.viewer(reader), key).content.read() == TEXT
        assert [file.name for file in _last(world, reader).files] == ["plan.txt"]
    for stranger in ("luc", "zoe", "nina", "olga", "paul"):
        with pytest.raises(NotFound):
            queries.content(world.viewer(stranger), key)


def test_before_it_went_out_nobody_has_it(world: World) -> None:
    key = brought(world.viewer("ines"), world.permit, "photo.jpg", photo())
    look_at_all()
    for somebody in ("ines", "hugo", "marie"):
        with pytest.raises(NotFound):
            queries.content(world.viewer(somebody), key)
    assert queries.preview(world.viewer("ines"), key).size > 50, "its uploader sees what will go out"
    with pytest.raises(NotFound):
        queries.preview(world.viewer("hugo"), key)


def test_a_note_s_file_is_a_note_s(world: World) -> None:
    (key,) = post(world, "ines", ("bill.jpg", photo()), kind="note")
    before = _public_rev(world)
    look_at_all()
    assert _public_rev(world) == before, "clients learn nothing of what a note's file looks like"
    assert queries.content(world.viewer("hugo"), key).size == len(photo())
    for open_it in (queries.content, queries.preview):
        with pytest.raises(NotFound):
            open_it(world.viewer("marie"), key)
    assert listed_files.of_discussion(world.viewer("marie"), world.permit).files == ()
    assert [one.note for one in listed_files.of_discussion(world.viewer("hugo"), world.permit).files] == [True]


def test_who_is_removed_and_a_message_that_is_deleted_leave_no_file(world: World) -> None:
    (key,) = post(world, "ines", ("photo.jpg", photo()))
    message = _last(world, "ines").id
    look_at_all()
    assert queries.preview(world.viewer("marie"), key).size > 50
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    for open_it in (queries.content, queries.preview):
        with pytest.raises(NotFound):
            open_it(world.viewer("marie"), key)
        assert open_it(world.viewer("hugo"), key)
    messages.delete(world.viewer("ines"), world.permit, message)
    for open_it in (queries.content, queries.preview):
        with pytest.raises(NotFound):
            open_it(world.viewer("hugo"), key)
    assert listed_files.of_discussion(world.viewer("hugo"), world.permit).files == ()


def test_files_need_no_words_and_are_sent_once(world: World) -> None:
    marie, sending = world.viewer("marie"), token()
    keys = [brought(marie, world.permit, f"{n}.txt") for n in range(3)]
    first = messages.post(marie, world.permit, body=" ", token=sending, files=keys)
    assert messages.post(marie, world.permit, body="", token=sending, files=keys) == first
    shown = _last(world, "marie")
    assert (shown.id, shown.body, [file.id for file in shown.files]) == (first, "", keys)
    for others in ((), keys[:2], [*keys, brought(marie, world.permit)]):
        with pytest.raises((Conflict, Invalid)):
            messages.post(marie, world.permit, body="", token=sending, files=others)
    again = [brought(marie, world.permit, f"{n}.txt") for n in range(3)]  # a form that was sent twice chooses anew
    assert messages.post(marie, world.permit, body="", token=sending, files=again) == first
    with pytest.raises(Invalid):
        messages.post(marie, world.permit, body="", token=token())


def test_words_may_be_taken_out_where_files_stay(world: World) -> None:
    post(world, "ines", ("plan.txt", TEXT))
    ines, key = world.viewer("ines"), _last(world, "ines").id
    messages.edit(ines, world.permit, key, body="")
    assert _last(world, "marie").body == ""
    with pytest.raises(Invalid):
        messages.edit(ines, world.permit, world.text, body="")


def test_nobody_sends_another_s_file_nor_one_twice(world: World) -> None:
    mine, (gone,) = brought(world.viewer("ines"), world.permit), post(world, "ines", ("plan.txt", TEXT))
    said = len(stretches.page(world.viewer("hugo"), world.permit).messages)
    for who, key in (("hugo", mine), ("marie", mine), ("ines", gone), ("hugo", gone), ("ines", "a" * 26)):
        with pytest.raises(Invalid):
            messages.post(world.viewer(who), world.permit, body="Mine!", token=token(), files=[key])
    assert len(stretches.page(world.viewer("hugo"), world.permit).messages) == said, "nothing of it was posted"
    assert messages.post(world.viewer("ines"), world.permit, body="Mine", token=token(), files=[mine])


def test_only_who_may_write_there_brings_anything(world: World) -> None:
    for who in ("luc", "zoe", "nina", "olga", "sam"):
        before = _stored()
        with pytest.raises(NotFound):
            files.announce(world.viewer(who), world.permit, name="a.txt", size=3)
        assert _stored() == before
    with pytest.raises(NotFound):
        files.announce(world.viewer("marie"), world.inside, name="a.txt", size=3)
    for who in ("marie", "ines"):
        assert files.announce(world.viewer(who), "", name="a.txt", size=3)
    decide(world, withheld={"create"})
    with refused(Forbidden, "withheld"):
        files.announce(world.viewer("ines"), "", name="a.txt", size=3)


def test_a_client_starts_with_files(world: World) -> None:
    marie, sending = world.viewer("marie"), token()
    key = brought(marie, "")
    about = {"title": "Roof", "body": "It leaks.", "space_key": world.spaces["Delcourt"], "token": sending}
    begun = discussions.start(marie, **about, files=[key])
    assert discussions.start(marie, **about, files=[key]) == begun
    assert [one.file.id for one in listed_files.of_discussion(marie, begun).files] == [key]
    with pytest.raises(Conflict):
        discussions.start(marie, **about)


@pytest.mark.parametrize("audience", ["shared", "internal"])
def test_staff_begin_with_words_and_files(world: World, audience: str) -> None:
    ines, north = world.viewer("ines"), world.brands["North"]
    key, other = brought(ines, ""), brought(ines, "", "other.txt", b"Other.")
    about = {"title": "Roof", "audience": audience, "brand_key": north, "token": token()}
    begun = discussions.create(ines, **about, body="It leaks.", files=[key])
    assert discussions.create(ines, **about, body="It leaks.", files=[key]) == begun
    again = brought(ines, "")
    assert discussions.create(ines, **about, body="It leaks.", files=[again]) == begun, "chosen once more"
    (first,) = stretches.page(ines, begun).messages[1:]
    assert (first.kind, first.body, [file.id for file in first.files]) == ("text", "It leaks.", [key])
    for words in ({"body": "It leaks."}, {"files": [key]}, {}, {"body": "No.", "files": [key]},
                  {"body": "It leaks.", "files": [other]}, {"body": "It leaks.", "files": [key, other]}):  # fmt: skip
        with refused(Conflict, "token_reused"):
            discussions.create(ines, **about, **words)
    messages.edit(ines, begun, first.id, body="It leaks no more.")
    assert discussions.create(ines, **about, body="It leaks.", files=[key]) == begun, "as it was first said"
    assert discussions.create(ines, **about | {"token": token()}, files=[other]) != begun, "files need no words"


def test_what_was_begun_without_a_word_is_another_than_with_one(world: World) -> None:
    ines, north = world.viewer("ines"), world.brands["North"]
    about = {"title": "Roof", "audience": "shared", "brand_key": north, "token": token()}
    begun = discussions.create(ines, **about)
    assert discussions.create(ines, **about, body=" \n") == begun, "nothing is said in it"
    assert len(stretches.page(ines, begun).messages) == 1
    with refused(Conflict, "token_reused"):
        discussions.create(ines, **about, body="It leaks.")
    used = token()
    messages.post(ines, world.permit, body="It leaks.", token=used)
    with refused(Conflict, "token_reused"):
        discussions.create(ines, **about | {"token": used}, body="It leaks.")


def test_files_for_a_discussion_not_begun_are_their_bringers_alone(world: World) -> None:
    ines, north = world.viewer("ines"), world.brands["North"]
    key, half = brought(ines, ""), files.announce(ines, "", name="half.txt", size=9)
    about = {"title": "Roof", "audience": "internal", "brand_key": north}
    for who in ("hugo", "olga", "adam", "marie"):
        viewer = world.viewer(who)
        assert queries.waiting(viewer, [key]) == ()
        for look in (queries.content, queries.arrived):
            with pytest.raises(NotFound):
                look(viewer, key)
        with pytest.raises(NotFound):
            files.bring(viewer, half, 0, b"123456789")
        files.leave_out(viewer, key)
        if viewer.is_staff:
            with refused(Invalid, "file_gone"):
                discussions.create(viewer, **about, files=[key])
    before = db.session.scalar(select(func.count(Conversation.id)))
    with refused(Invalid, "file_gone"):
        discussions.create(ines, **about, files=[half])
    assert db.session.scalar(select(func.count(Conversation.id))) == before, "nothing half begun"
    assert discussions.create(ines, **about, files=[key])


def test_a_file_comes_in_parts_and_goes_on_where_it_ended(world: World) -> None:
    marie = world.viewer("marie")
    key = files.announce(marie, world.permit, name="plan.txt", size=len(TEXT))
    assert files.bring(marie, key, 0, TEXT[:7]) == 7
    assert files.bring(marie, key, 0, TEXT[:7]) == 7, "what came twice is there once"
    assert files.bring(marie, key, 9, TEXT[9:]) == 7, "no hole"
    assert queries.arrived(marie, key) == (7, len(TEXT))
    with pytest.raises(Invalid):
        messages.post(marie, world.permit, body="Half", token=token(), files=[key])
    with pytest.raises(TooLarge):
        files.bring(marie, key, 7, TEXT)
    assert files.bring(marie, key, 7, TEXT[7:]) == len(TEXT)
    assert files.bring(marie, key, 7, TEXT[7:]) == len(TEXT), "its last part, told again"
    assert queries.arrived(marie, key) == (len(TEXT), len(TEXT))
    messages.post(marie, world.permit, body="Whole", token=token(), files=[key])
    assert queries.content(world.viewer("ines"), key).content.read() == TEXT
    assert db.session.scalars(select(Upload)).all() == []


def test_a_crash_before_the_row_loses_nothing_that_was_acknowledged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    marie = world.viewer("marie")
    key = files.announce(marie, world.permit, name="plan.txt", size=len(TEXT))
    with monkeypatch.context() as dying:
        dying.setattr(files, "_finish", _die)
        with pytest.raises(RuntimeError):
            files.bring(marie, key, 0, TEXT)
    assert queries.arrived(marie, key) == (len(TEXT), len(TEXT))
    assert pictures.sweep(older=-60) == 0, "the bytes are wanted still"
    assert files.bring(marie, key, len(TEXT), b"") == len(TEXT)
    assert messages.post(marie, world.permit, body="There", token=token(), files=[key])


def test_another_s_upload_is_not_there(world: World) -> None:
    key = files.announce(world.viewer("marie"), world.permit, name="plan.txt", size=5)
    for who in ("ines", "hugo", "luc"):
        with pytest.raises(NotFound):
            files.bring(world.viewer(who), key, 0, b"x")
        with pytest.raises(NotFound):
            queries.arrived(world.viewer(who), key)
        files.leave_out(world.viewer(who), key)
    assert queries.arrived(world.viewer("marie"), key) == (0, 5)
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    with pytest.raises(NotFound):
        files.bring(world.viewer("marie"), key, 0, b"x")


def test_too_large_empty_and_too_many(world: World) -> None:
    marie, before = world.viewer("marie"), _stored()
    with transaction():
        db.session.execute(update(Firm).values(file_limit=2))
    for size, error in ((2 * 2**20 + 1, TooLarge), (0, Invalid)):
        with pytest.raises(error):
            files.announce(marie, world.permit, name="a.txt", size=size)
    pictures.sweep(older=-60)
    assert _stored() == before
    assert files.announce(marie, world.permit, name="a.txt", size=2 * 2**20)
    keys = [brought(marie, world.permit) for _ in range(files.MANY + 1)]
    with pytest.raises(Invalid):
        messages.post(marie, world.permit, body="All", token=token(), files=keys)
    messages.post(marie, world.permit, body="Most", token=token(), files=keys[:-1])
    for _ in range(files.WAITING - 2):
        files.announce(marie, world.permit, name="a.txt", size=5)
    with pytest.raises(Refusal):
        files.announce(marie, world.permit, name="a.txt", size=5)


def test_what_is_never_sent_is_swept_after_a_day_and_nothing_else(world: World) -> None:
    marie, before = world.viewer("marie"), _stored()
    late, out = brought(marie, world.permit, "a.jpg", photo()), brought(marie, world.permit)
    half = files.announce(marie, world.permit, name="b.txt", size=9)
    files.bring(marie, half, 0, b"x")
    look_at_all()
    kept = brought(world.viewer("ines"), world.permit)
    with transaction():
        files.keep_until(world.viewer("ines"), [kept], now() + timedelta(days=9))
    messages.post(marie, world.permit, body="Sent", token=token(), files=[out])
    assert not files.sweep()
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    with clock.at(now() + timedelta(days=2)):
        assert files.sweep()
        assert not files.sweep()
    assert db.session.scalars(select(File.public_id).order_by(File.id)).all() == [out, kept]
    assert db.session.scalars(select(Upload)).all() == []
    assert late not in {out, kept}
    assert len(_stored() - before) == 2
    assert pictures.sweep(older=-60) == 0


def test_a_preview_has_its_pixels_upright_and_nothing_else(world: World) -> None:
    (key,) = post(world, "ines", ("photo.jpg", photo(60, 40)))
    assert _last(world, "marie").files[0].coming
    before = stretches.page(world.viewer("marie"), world.permit).rev
    look_at_all()
    file = _last(world, "marie").files[0]
    assert (file.look, file.coming, file.width, file.height) == ("image", False, 40, 60), "turned as it was held"
    shown = queries.preview(world.viewer("marie"), key).content.read()
    assert b"Exif" not in shown
    assert b"Marie" not in shown
    assert not Image.open(io.BytesIO(shown)).getexif()
    changed = stretches.changes(world.viewer("marie"), world.permit, before)
    assert [one.files for one in changed.messages] == [(file,)], "who was away hears of it"
    told = select(Event).where(Event.name == Fact.FILE_PREVIEWED)
    assert db.session.scalars(told).one().actor_id is None


def test_pages_have_previews_and_what_lies_has_none(world: World) -> None:
    names = {
        "a.pdf": sent.pdf(2), "b.pdf": photo(), "c.png": b"<script>alert(1)</script>",
        "d.svg": b"<svg onload=alert(1)>", "e.jpg": photo()[:200], "f.html": b"<!doctype html><p>",
        "g.pdf": b"%PDF-1.7 no more",
    }  # fmt: skip
    post(world, "ines", *names.items())
    look_at_all()
    looks = {file.name: (file.look, bool(file.width), file.coming) for file in _last(world, "marie").files}
    assert looks["a.pdf"] == ("pdf", True, False)
    assert looks["e.jpg"] == ("image", False, False)
    assert looks["g.pdf"] == ("pdf", False, False)
    assert {looks[name] for name in ("b.pdf", "c.png", "d.svg", "f.html")} == {("file", False, False)}
    neutral = {file.type for file in db.session.scalars(select(File).where(File.name.in_(("b.pdf", "c.png", "d.svg"))))}
    assert neutral == {"application/octet-stream"}


def test_a_file_that_went_out_while_it_was_drawn_is_shown_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    marie, drawn = world.viewer("marie"), previews._seen
    key = brought(marie, world.permit, "a.jpg", photo())

    def meanwhile(*about: object) -> object:
        if not db.session.scalar(select(File.message_id).where(File.public_id == key)):
            messages.post(marie, world.permit, body="Now", token=token(), files=[key])
        return drawn(*about)  # type: ignore[arg-type]

    monkeypatch.setattr(previews, "_seen", meanwhile)
    before = stretches.page(world.viewer("hugo"), world.permit).rev
    look_at_all()
    (change,) = stretches.changes(world.viewer("hugo"), world.permit, before).messages
    assert change.files[0].width == 40
    assert change.rev == before + 2, "once as it was posted, and once as it looks"


def test_names_are_names(app: Flask) -> None:
    assert files.checked_name("../../etc/passwd") == "passwd"
    assert files.checked_name("C:\\Papers\\plan.pdf") == "plan.pdf"
    assert files.checked_name("a\nb\x00.pdf") == "a b.pdf"
    assert files.checked_name("   ") == "file"
    assert files.checked_name("evil\u202egpj.exe") == "evilgpj.exe", "it looked like a picture's"
    long = files.checked_name("é" * 300 + ".pdf")
    assert len(long) <= 255
    assert long.endswith(".pdf")


def test_lists_go_on_and_name_whom_each_face_may_read(world: World) -> None:
    for n in range(3):
        post(world, "ines", (f"{n}.txt", TEXT), (f"{n}b.txt", TEXT))
    with transaction():
        db.session.execute(update(Firm).values(staff_names="brand"))
    for of, key in ((listed_files.of_discussion, world.permit), (listed_files.of_space, world.spaces["Delcourt"])):
        first = of(world.viewer("marie"), key, most=4)
        rest = of(world.viewer("marie"), key, most=4, after=first.more)
        names = [one.file.name for one in (*first.files, *rest.files)]
        assert names == ["2b.txt", "2.txt", "1b.txt", "1.txt", "0b.txt", "0.txt"]
        assert rest.more is None
        assert {one.author.name for one in first.files} == {"North"}
    with pytest.raises(NotFound):
        listed_files.of_discussion(world.viewer("luc"), world.permit)
    assert listed_files.of_space(world.viewer("luc"), world.spaces["Delcourt"]).files == (), "he is not in it"


def _last(world: World, who: str) -> object:
    return stretches.page(world.viewer(who), world.permit).messages[-1]


def _public_rev(world: World) -> int:
    return db.session.scalars(select(Conversation.public_rev).where(Conversation.public_id == world.permit)).one()


def _stored() -> set[str]:
    return set(storage().names(-60))


def _die(*_about: object) -> None:
    raise RuntimeError("the power went")


def test_all_that_messages_say_of_files_is_so(world: World) -> None:
    post(world, "ines", ("a.txt", TEXT), ("b.txt", TEXT))
    counted = select(Message.files).where(Message.files > 0)
    assert db.session.scalars(counted).one() == 2
