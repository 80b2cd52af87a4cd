"""Lists of discussions: order, filters, unread, and what each face is given (SPEC D3, D5, D12, D14)."""

from datetime import timedelta

import pytest
from flask import Flask

from portal.actions import discussions, messages, read_marks
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.queries import discussions as lists
from portal.queries.discussions import Filter
from tests.actions.rows import add, conversation, refused, remove, say
from tests.world import World


def test_newest_first_by_what_each_face_may_know(app: Flask, world: World) -> None:
    other = shared(world, "Other")
    add(world, "ines", other, "marie")
    say(world, "ines", other, "Hello")
    assert titles(world, "ines")[:2] == ["Other", "Inside"]
    say(world, "ines", world.permit, "A note", "note")
    assert titles(world, "ines")[:2] == ["Permit", "Other"]
    assert titles(world, "marie") == ["Other", "Permit"], "a note moves nothing on the client's side"
    say(world, "ines", world.permit, "A text")
    assert titles(world, "marie") == ["Permit", "Other"]


def test_a_row_says_to_each_face_its_own(app: Flask, world: World) -> None:
    say(world, "ines", world.permit, "A *note*", "note")
    staff, _ = lists.row(world.viewer("ines"), world.permit)
    client, _ = lists.row(world.viewer("marie"), world.permit)
    assert staff.last is not None
    assert client.last is not None
    assert (staff.last.text, staff.last.note, staff.audience, staff.space) == ("A note", True, "shared", "Delcourt")
    assert (client.last.text, client.last.note, client.audience, client.space) == ("Thank you!", False, None, None)
    assert client.brand is None
    assert (staff.last_number, client.last_number) == (4, conversation(world.permit).public_seq)
    assert client.active_at < staff.active_at


def test_d3_nobody_s_list_has_what_they_are_not_in(app: Flask, world: World) -> None:
    seen = {name: titles(world, name) for name in world.keys if name != "dora"}
    assert seen == {name: [] for name in seen} | {
        "ines": ["Inside", "Permit"], "hugo": ["Inside", "Permit"], "marie": ["Permit"],
    }  # fmt: skip


def test_each_filter_shows_what_it_names(app: Flask, world: World) -> None:
    say(world, "marie", world.permit, "Hello?")
    brun = discussions.create(
        world.viewer("hugo"), title="Brun", audience="shared", brand_key=world.brands["North"],
        space_key=world.spaces["Brun"],
    )  # fmt: skip
    add(world, "hugo", brun, "ines")
    for chosen, shown in (
        (Filter(), {"Brun", "Permit", "Inside"}),
        (Filter(unread=True), {"Permit", "Inside"}),
        (Filter(mine=True), {"Permit", "Inside"}),
        (Filter(space=world.spaces["Brun"]), {"Brun"}),
        (Filter(space=world.spaces["Brun"], mine=True), set()),
        (Filter(brand=world.brands["North"]), {"Brun", "Permit", "Inside"}),
        (Filter(brand=world.brands["South"]), set()),
        (Filter(brand="nothing"), set()),
        (Filter(archived=True), set()),
    ):
        assert set(titles(world, "ines", chosen)) == shown, chosen
        assert chosen.narrowed == (chosen != Filter())


def test_d12_what_is_archived_is_in_its_own_list_and_counts_as_unread_nowhere(app: Flask, world: World) -> None:
    say(world, "marie", world.permit, "Hello?")
    discussions.archive(world.viewer("hugo"), world.permit)
    for name in ("ines", "marie"):
        assert "Permit" not in titles(world, name)
        assert titles(world, name, Filter(archived=True)) == ["Permit"]
        assert world.permit not in lists.unread_marks(world.viewer(name))
    discussions.reopen(world.viewer("hugo"), world.permit)
    assert world.permit in lists.unread_marks(world.viewer("ines"))


def test_m9_unread_is_right_on_every_device_and_for_each_face(app: Flask, world: World) -> None:
    read_marks.read(world.viewer("hugo"), world.permit, 99)
    assert lists.unread_marks(world.viewer("hugo")) == {}
    say(world, "ines", world.permit, "One")
    say(world, "ines", world.permit, "Two", "note")
    assert lists.unread_marks(world.viewer("hugo")) == {world.permit: (5, 3)}
    last = conversation(world.permit).public_seq
    assert lists.unread_marks(world.viewer("marie")) == {world.permit: (last, last - 1)}
    assert titles(world, "ines", Filter(unread=True)) == ["Inside"], "one's own words are read"


def test_a_deleted_last_message_leaves_a_line_without_words(app: Flask, world: World) -> None:
    messages.delete(world.viewer("marie"), world.permit, world.answer)
    for name in ("ines", "marie"):
        last = lists.row(world.viewer(name), world.permit)[0].last
        assert last is not None
        assert (last.deleted, last.text) == (True, "")


def test_pages_follow_each_other_without_gap_or_double(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    with clock.at(clock.now() + timedelta(days=1)):  # all at one moment, which no order by time alone would part
        made = {shared(world, f"Number {number}") for number in range(8)} | {world.permit, world.inside}
    seen, before = [], ""
    while True:
        page = lists.page(world.viewer("ines"), Filter(), before)
        seen += [row.id for row, _ in page.rows]
        assert len(page.rows) <= 3
        if page.more is None:
            break
        before = page.more
    assert len(seen) == len(set(seen)) == 10
    assert set(seen) == made
    assert seen[-2:] == [world.inside, world.permit]


def test_a_cursor_that_no_page_gave_finds_nothing(app: Flask, world: World) -> None:
    for before in ("x", ".", "x.y", "-1.a", "9" * 18 + ".a", "١.a"):
        with refused(NotFound):
            lists.page(world.viewer("ines"), Filter(), before)


def test_d5_a_discussion_s_page_names_participants_to_staff_only(app: Flask, world: World) -> None:
    hugo = lists.discussion(world.viewer("hugo"), world.permit, online={world.person_id("marie")})
    assert [(one.name, one.owner, one.you, one.online) for one in hugo.participants] == [
        ("Hugo Agent", False, True, False), ("Ines Agent", True, False, False),
        ("Dora Disabled", False, False, False), ("Marie Delcourt", False, False, True),
    ]  # fmt: skip
    assert (hugo.owner_name, hugo.messages_count) == ("Ines Agent", 3)
    marie = lists.discussion(world.viewer("marie"), world.permit, online={world.person_id("ines")})
    assert (marie.participants, marie.owner_name, marie.created_at, marie.messages_count) == ((), None, None, 0)
    assert marie.may == {"write"}
    assert hugo.may == {"write", "note", "leave", "archive", "turn", "publish"}
    assert lists.discussion(world.viewer("ines"), world.permit).may == hugo.may | {
        "rename", "add", "remove", "link_space", "delete_any",
    }  # fmt: skip


def test_the_last_line_is_of_what_the_reader_s_stays_cover(app: Flask, world: World) -> None:
    remove(world, "ines", world.permit, "marie")
    say(world, "ines", world.permit, "Behind her back")
    add(world, "ines", world.permit, "marie")
    assert lists.row(world.viewer("marie"), world.permit)[0].last is None
    say(world, "ines", world.permit, "Welcome back")
    last = lists.row(world.viewer("marie"), world.permit)[0].last
    assert last is not None
    assert last.text == "Welcome back"


def titles(world: World, name: str, chosen: Filter | None = None) -> list[str]:
    """The titles of somebody's list, from the top."""
    return [row.title for row, _ in lists.page(world.viewer(name), chosen or Filter()).rows]


def shared(world: World, title: str) -> str:
    """Ines creates a shared discussion in North."""
    return discussions.create(world.viewer("ines"), title=title, audience="shared", brand_key=world.brands["North"])
