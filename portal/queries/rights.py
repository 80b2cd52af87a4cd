"""What the firm decided about its agents' rights, and the record of the exceptions to "participants only"."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select

from portal import access
from portal.access import Act, Viewer
from portal.access.people_models import PersonView
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Account, Brand, Conversation, Event, Fact, Firm, Person, Role

TAKEOVERS = 20


@dataclass(frozen=True)
class RightsView:
    """The firm's settings. `exceptions` are the agents whose reach is their own: (who, own or all)."""

    withheld: frozenset[str]
    reach: str
    co_owners: bool
    exceptions: tuple[tuple[PersonView, str], ...]


@dataclass(frozen=True)
class Takeover:
    """Somebody used an exception: took ownership over, or as `what` says. `discussion_id` and `title` are there for
    those who are in the discussion.
    """

    by: str
    at: datetime
    brand: str
    discussion_id: str | None
    title: str | None
    what: str = "taken"
    person: str = ""


@dataclass(frozen=True)
class Takeovers:
    """A page of the record, newest first; `older` is the number of the next page, where there is one."""

    found: tuple[Takeover, ...]
    older: int | None


def settings(viewer: Viewer) -> RightsView:
    """The firm's settings, for admins."""
    _require_admin(viewer)
    firm = db.session.scalars(select(Firm)).one()
    query = access.scopes.people(viewer).where(Account.role == Role.AGENT, Account.reach.is_not(None))
    found = db.session.execute(query.order_by(Person.folded)).all()
    return RightsView(
        withheld=frozenset(firm.withheld),
        reach=firm.agents_reach,
        co_owners=firm.co_owners,
        exceptions=tuple((access.person_view(person, account, ""), account.reach or "") for person, account in found),
    )


def takeovers(viewer: Viewer, page: int = 1) -> Takeovers:
    """Who took over discussions without owner (SPEC P12), for admins; `TAKEOVERS` at a time.

    A client's discussion that went to the first who answered is another fact: who answers is in it.
    """
    _require_admin(viewer)
    mine = access.scopes.conversations(viewer).with_only_columns(Conversation.id)
    query = (
        select(Event.at, Person.name, Brand.name, Conversation.public_id, Conversation.title, Conversation.id.in_(mine))
        .join(Person, Person.id == Event.actor_id)
        .join(Conversation, Conversation.id == Event.conversation_id)
        .join(Brand, Brand.id == Conversation.brand_id)
        .where(Event.name == literal(Fact.OWNERSHIP_TAKEN.value, literal_execute=True))  # the index is of this name
        .order_by(Event.id.desc())
        .offset((page - 1) * TAKEOVERS)
        .limit(TAKEOVERS + 1)
    )
    rows = db.session.execute(query).all()
    found = tuple(
        Takeover(name, at, brand, key if seen else None, title if seen else None)
        for at, name, brand, key, title, seen in rows[:TAKEOVERS]
    )
    return Takeovers(found, page + 1 if len(rows) > TAKEOVERS else None)


def exception(viewer: Viewer, key: str) -> tuple[str, str] | None:
    """(exception, firm's reach) of an agent whose account the viewer manages; None of everybody else."""
    person, account = access.person(viewer, key)
    if account.role != Role.AGENT or not access.can(viewer, Act.MANAGE_PERSON, (person, account)):
        return None
    return account.reach or "", db.session.scalar(select(Firm.agents_reach)) or ""


def _require_admin(viewer: Viewer) -> None:
    if not access.can(viewer, Act.MANAGE_FIRM):
        raise NotFound
