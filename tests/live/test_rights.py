"""Who is told that rights changed: those whose they are, and no client (SPEC P11)."""

import json
from collections.abc import Callable

from flask import Flask

from portal.actions import co_owners, people
from portal.queries import facts
from tests.actions.rows import decide, disable
from tests.conftest import Stage
from tests.live.ears import listening, tell
from tests.world import World

ALL = ["create", "erase", "export", "invite_client", "invite_staff", "manage_firm", "manage_spaces"]
AGENTS = ["export", "invite_client", "manage_spaces"]  # besides `create`
Heard = dict[str, list[object]]


def test_staff_hear_what_they_may_now_and_clients_hear_nothing(play: Flask, stage: Stage) -> None:
    world = stage.world
    heard = after(world, lambda: decide(world, withheld={"create"}))
    assert heard == {"ines": [{"may": AGENTS}], "nina": [{"may": AGENTS}], "adam": [{"may": ALL}], "marie": []}


def test_of_an_agent_s_exception_the_agent_alone_hears(play: Flask, stage: Stage) -> None:
    world = stage.world
    heard = after(world, lambda: people.limit(world.viewer("adam"), world.keys["nina"], reach="own"))
    assert heard == {"ines": [], "adam": [], "marie": [], "nina": [{"may": ["create", *AGENTS]}]}


def test_a_co_owner_who_is_disabled_is_none_on_the_pages_of_colleagues(play: Flask, stage: Stage) -> None:
    world = stage.world
    decide(world, co_owners=True)
    co_owners.make(world.viewer("ines"), world.permit, world.keys["hugo"])
    heard = after(world, lambda: disable(world, "hugo"))
    assert heard == {"ines": [{"row": world.permit}], "adam": [], "marie": [], "nina": []}


def after(world: World, deed: Callable[[], object]) -> Heard:
    """What open pages are told of a deed."""
    cursor = facts.newest()
    with listening(world, "ines", "adam", "marie", "nina") as ears:
        deed()
        tell(cursor)
    return {name: [json.loads(words) for words in ear.heard()] for name, ear in ears.items()}
