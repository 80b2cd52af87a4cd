"""Drafts on the server (SPEC M13): one's own, of each mode, on every device; and gone when they are sent."""

from datetime import timedelta

from flask import Flask

from portal.actions import drafts, files, messages
from portal.actions.drafts import Saved
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.models import Draft
from portal.queries import drafts as queries, mentions
from portal.queries.files import waiting
from tests.actions.rows import add, at_once, refused, remove
from tests.sent import TEXT, brought
from tests.world import World, token


def test_each_mode_has_its_own_and_only_its_author_reads_it(app: Flask, world: World) -> None:
    save(world, "ines", "A text")
    save(world, "ines", "A note", kind="note")
    assert typed(world, "ines") == {"text": "A text", "note": "A note"}
    assert queries.of(world.viewer("ines"), world.permit)[0].kind == "note", "the newest first"
    assert queries.lines(world.viewer("ines"), [world.permit, world.inside]) == {world.permit: ("A note", 0)}
    for name in ("hugo", "marie", "olga"):
        assert queries.of(world.viewer(name), world.permit) == ()
        assert queries.lines(world.viewer(name), [world.permit]) == {}


def test_sending_ends_it_whichever_device_typed_it(app: Flask, world: World) -> None:
    save(world, "ines", "Hello the")
    save(world, "ines", "Hello the", kind="note")
    save(world, "hugo", "Hello the")
    messages.post(world.viewer("ines"), world.permit, body="Hello there", token=token())
    assert typed(world, "ines") == {"note": "Hello the"}
    assert typed(world, "hugo") == {"text": "Hello the"}
    save(world, "ines", "Something else")
    messages.post(world.viewer("ines"), world.permit, body="Short", token=token())
    assert typed(world, "ines")["text"] == "Something else", "what was not sent is kept"


def test_what_mentions_somebody_is_sent_as_it_was_typed(app: Flask, world: World) -> None:
    save(world, "ines", "Hello @Hugo Agent, have you")
    messages.post(world.viewer("ines"), world.permit, body="Hello @Hugo Agent, have you a minute?", token=token())
    assert typed(world, "ines") == {}


def test_blank_words_end_the_one_that_the_page_knew(app: Flask, world: World) -> None:
    first, *_ = save(world, "ines", "From the office")
    assert save(world, "ines", " ", base=first - 1)[:2] == (first, "From the office"), "another device's stay"
    assert typed(world, "ines") == {"text": "From the office"}
    assert save(world, "ines", "", base=first)[:2] == (0, "")
    assert typed(world, "ines") == {}
    assert save(world, "ines", "", base=first)[:2] == (0, "")


def test_the_later_wins_and_nothing_typed_is_lost(app: Flask, world: World) -> None:
    first, *_ = save(world, "ines", "From the office")
    later, words, *_ = save(world, "ines", "From the train")
    assert words == "From the office\n\nFrom the train", "who did not know of the first"
    _, words, *_ = save(world, "ines", "From the train only", base=later)
    assert words == "From the train only", "who knew of it"
    _, words, *_ = save(world, "ines", "I say: From the train only, and more", base=first)
    assert words == "I say: From the train only, and more", "what is in it already is not said twice"


def test_what_is_answered_and_the_files_that_wait_go_along(app: Flask, world: World) -> None:
    """On another device, too; and files that wait with words are kept as long as these."""
    ines = world.viewer("ines")
    plan = brought(ines, world.permit, "plan.txt", TEXT)
    save(world, "ines", "See this", reply_to=world.text, files=[plan])
    (draft,) = queries.of(ines, world.permit)
    assert ([one.name for one in draft.files], draft.more["reply_to"]) == (["plan.txt"], world.text)
    with clock.at(clock.now() + timedelta(days=20)):
        files.sweep()
    assert queries.of(ines, world.permit)[0].files
    messages.post(ines, world.permit, body="See this", token=token(), files=[plan], reply_to=world.text)
    assert typed(world, "ines") == {}


def test_files_alone_are_a_draft_until_they_go(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    plan, photo = (brought(ines, world.permit, name, TEXT) for name in ("plan.txt", "photo.txt"))
    first = save(world, "ines", "", files=[plan])
    assert queries.lines(ines, [world.permit]) == {world.permit: ("", 1)}
    assert save(world, "ines", "", files=[photo]).files == (plan, photo), "another device's stay"
    assert save(world, "ines", "", base=first.version).version, "and are not ended by one that knows of none"
    messages.post(ines, world.permit, body="Something else", token=token())
    assert typed(world, "ines") == {"text": ""}
    messages.post(ines, world.permit, body="", token=token(), files=[plan, photo])
    assert typed(world, "ines") == {}


def test_what_is_sent_with_fewer_files_ends_no_draft(app: Flask, world: World) -> None:
    """As an e-mail does that begins with the same word, or a page that knows of one of two."""
    ines = world.viewer("ines")
    plan, photo = (brought(ines, world.permit, name, TEXT) for name in ("plan.txt", "photo.txt"))
    version = save(world, "ines", "Hello", files=[plan, photo]).version
    messages.post(ines, world.permit, body="Hello Marie", token=token())
    messages.post(ines, world.permit, body="Hello you", token=token(), files=[plan])
    assert typed(world, "ines") == {"text": "Hello"}
    save(world, "ines", "Hello", base=version, files=[photo])
    messages.post(ines, world.permit, body="Hello all", token=token(), files=[photo])
    assert typed(world, "ines") == {}


def test_what_is_sent_with_other_files_ends_no_draft(app: Flask, world: World) -> None:
    """As an e-mail with pictures does, while other pictures wait on a page; what was taken out waits no more."""
    ines = world.viewer("ines")
    plan, photo, *others = (brought(ines, world.permit, f"{name}.txt", TEXT) for name in ("plan", "photo", "a", "b"))
    save(world, "ines", "", files=[plan, photo])
    messages.post(ines, world.permit, body="From the train", token=token(), files=others)
    (draft,) = queries.of(ines, world.permit)
    assert [one.id for one in draft.files] == [plan, photo]
    files.leave_out(ines, photo)
    messages.post(ines, world.permit, body="", token=token(), files=[plan])
    assert typed(world, "ines") == {}


def test_files_of_a_draft_are_kept_as_long_as_its_words(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    plan, other = (brought(ines, world.permit, name, TEXT) for name in ("plan.txt", "other.txt"))
    version = save(world, "ines", "See", files=[plan]).version
    with clock.at(clock.now() + timedelta(days=400)):
        files.sweep()
        assert [one.name for one in waiting(ines, [plan, other])] == ["plan.txt"]
        save(world, "ines", "See", base=version)
        files.sweep()
        assert waiting(ines, [plan]) == ()


def test_a_draft_shows_nobody_another_s_file_or_message(app: Flask, world: World) -> None:
    theirs = brought(world.viewer("hugo"), world.permit, "secret.txt", TEXT)
    save(world, "marie", "Hello", files=[theirs], reply_to=world.note)
    (draft,) = queries.of(world.viewer("marie"), world.permit)
    assert draft.files == ()
    assert mentions.replying(world.viewer("marie"), world.permit, draft.more["reply_to"]) is None
    for wrong in (["../etc"], [f"{n:026}" for n in range(files.MANY + 1)]):
        with refused(Invalid, "bad_request"):
            save(world, "marie", "Hello", files=wrong)


def test_what_devices_typed_beside_one_another_grows_no_further_than_one_may_type(app: Flask, world: World) -> None:
    save(world, "ines", "a" * 15_000)
    with refused(Invalid, "message_too_long"):
        save(world, "ines", "b" * 15_000)
    assert typed(world, "ines") == {"text": "a" * 15_000}, "and each device keeps its own"


def test_two_devices_at_once_lose_nothing(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    db.session.rollback()
    at_once(app, 6, lambda n: drafts.save(ines, world.permit, "text", f"device {n}", base=0))
    found = typed(world, "ines")["text"]
    assert all(f"device {n}" in found for n in range(6))


def test_only_where_one_may_write(app: Flask, world: World) -> None:
    for name in ("adam", "luc", "zoe"):
        with refused(NotFound):
            save(world, name, "Hello")
    with refused(Forbidden):
        save(world, "marie", "A note", kind="note")
    with refused(Forbidden):
        drafts.save(world.viewer("ines"), world.inside, "note", "A note", base=0)
    with refused(Invalid, "bad_request"):
        save(world, "ines", "Hello", kind="event")
    with refused(Invalid, "message_too_long"):
        save(world, "ines", "x" * 20_001)
    save(world, "ines", "x" * 20_000)


def test_who_is_removed_finds_it_again_for_a_month_when_they_come_back(app: Flask, world: World) -> None:
    save(world, "marie", "I wanted to say")
    remove(world, "ines", world.permit, "marie")
    assert queries.of(world.viewer("marie"), world.permit) == ()
    add(world, "ines", world.permit, "marie")
    assert typed(world, "marie") == {"text": "I wanted to say"}
    save(world, "hugo", "Old words")
    remove(world, "ines", world.permit, "hugo")
    with clock.at(clock.now() + timedelta(days=31)):
        drafts.save(world.viewer("hugo"), world.inside, "text", "Other words", base=0)
    assert db.session.query(Draft).filter_by(body="Old words").count() == 0
    assert typed(world, "marie"), "of where one is, drafts have no end"


def save(world: World, name: str, words: str, *, kind: str = "text", base: int = 0, **more: object) -> Saved:
    """Somebody's page saves what was typed in the permit; a moment after the last one."""
    with clock.at(clock.now() + timedelta(milliseconds=5 * len(db.session.query(Draft).all()) + 5)):
        return drafts.save(world.viewer(name), world.permit, kind, words, base=base, more=more)


def typed(world: World, name: str) -> dict[str, str]:
    """{kind: words} of somebody's drafts in the permit."""
    db.session.rollback()
    return {one.kind: one.body for one in queries.of(world.viewer(name), world.permit)}
