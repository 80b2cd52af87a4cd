"""What the firm keeps from its agents, and the exceptions it makes (SPEC P11)."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import discussions, firm, invitations, messages, people
from portal.extensions import db
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.models import Account, Event, Firm
from tests.actions.rows import browsing, decide, refused
from tests.world import World, token


def test_only_admins_decide_and_only_what_can_be_decided(app: Flask, world: World) -> None:
    for name in ("ines", "sam", "marie"):
        with refused(Forbidden):
            firm.update_rights(world.viewer(name), allowed=(), reach="own", co_owners=True)
    adam = world.viewer("adam")
    for allowed, reach, code in ((("write",), "all", "bad_right"), ((), "team", "bad_reach"), ((), "", "bad_reach")):
        with refused(Invalid, code):
            firm.update_rights(adam, allowed=allowed, reach=reach, co_owners=False)
    firm.update_rights(adam, allowed=("create", "publish"), reach="own", co_owners=True)
    row = db.session.scalars(select(Firm)).one()
    kept = {"invite_client", "delete_any", "export", "manage_spaces"}
    assert (set(row.withheld), row.agents_reach, row.co_owners) == (kept, "own", True)
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.name, event.actor_id) == ("firm.changed", world.person_id("adam"))


def test_what_is_kept_is_kept_at_once_from_who_is_signed_in(app: Flask, world: World) -> None:
    """Each viewer was let in before the firm decided; each deed asks again."""
    north = world.brands["North"]
    doings = {
        "create": lambda who: discussions.create(who, title="New", audience="internal", brand_key=north),
        "invite_client": lambda who: invitations.invite(
            who, name="E", email=f"{token()}@example.com", role="client", language="en", days=3,
            brand_keys=(north,), space_name="E",
        ),
    }  # fmt: skip
    before = {name: browsing(world, name) for name in ("ines", "adam")}
    for act, do in doings.items():
        decide(world, withheld={act})
        with refused(Forbidden, "withheld"):
            do(before["ines"])
        do(before["adam"])
        decide(world)
        do(before["ines"])


def test_publishing_and_deleting_the_words_of_others(app: Flask, world: World) -> None:
    decide(world, withheld={"publish", "delete_any"})
    ines = world.viewer("ines")
    with refused(Forbidden, "withheld"):
        messages.publish(ines, world.permit, world.note, body="Out", token=token())
    with refused(Forbidden):
        messages.delete(ines, world.permit, world.answer)
    messages.delete(ines, world.permit, world.text)  # her own
    decide(world)
    ines = world.viewer("ines")
    messages.publish(ines, world.permit, world.note, body="Out", token=token())
    messages.delete(ines, world.permit, world.answer)


def test_an_invitation_that_waits_is_no_longer_an_agent_s_to_send_again(app: Flask, world: World) -> None:
    key, _ = invitations.invite(
        world.viewer("ines"), name="Eva", email="eva@example.com", role="client", language="en", days=3,
        space_key=world.spaces["Delcourt"],
    )  # fmt: skip
    decide(world, withheld={"invite_client"})
    for deed in (lambda who: invitations.invite_again(who, key, 3), lambda who: invitations.withdraw(who, key)):
        with refused(Forbidden, "withheld"):
            deed(world.viewer("ines"))
    invitations.invite_again(world.viewer("adam"), key, 3)


@pytest.mark.parametrize(("name", "code"), [("olga", "forbidden"), ("adam", "forbidden"), ("marie", "only_agents")])
def test_only_agents_are_limited(app: Flask, world: World, name: str, code: str) -> None:
    with refused(Invalid if name == "marie" else Forbidden, code):
        people.limit(world.viewer("adam"), world.keys[name], reach="own")


def test_an_exception_is_an_admin_s_to_make(app: Flask, world: World) -> None:
    for name, error in (("ines", Forbidden), ("nina", Forbidden), ("marie", NotFound)):
        with refused(error):
            people.limit(world.viewer(name), world.keys["nina"], reach="all")
    with refused(Invalid, "bad_reach"):
        people.limit(world.viewer("adam"), world.keys["nina"], reach="team")
    people.limit(world.viewer("adam"), world.keys["nina"], reach="own")
    assert db.session.scalar(select(Account.reach).where(Account.person_id == world.person_id("nina"))) == "own"
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.name, event.person_id) == ("reach.changed", world.person_id("nina"))
    assert browsing(world, "nina").limits.reach == "own"
