"""Erasures: which are due, what brands keep no longer, and the proofs that stay."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Viewer
from portal.extensions import db
from portal.kernel.chains import leaf
from portal.kernel.clock import now
from portal.kernel.errors import NotFound
from portal.models import Brand, Conversation, Erased, Erasure, Message, Participation, Person
from portal.models.record import MONTH

SHOWN = 100


class Due(NamedTuple):
    """An erasure that is not done, and when it was due."""

    id: int
    at: datetime


@dataclass(frozen=True)
class Proof:
    """What was erased: when, by whom (nobody: by the brand's retention), how much, and the chain's end."""

    id: str
    what: str
    about: str
    by: str
    asked_at: datetime
    done_at: datetime | None
    messages: int
    files: int
    mails: int
    bytes: int
    items: int
    chain: str


@dataclass(frozen=True)
class Subject:
    """What can be exported and erased, and how many messages that is; nameless where the viewer may not know it.

    `clients` are the (id, name) of those as whom it can be exported.
    """

    id: str
    name: str
    brand: str
    messages: int
    clients: tuple[tuple[str, str], ...] = ()


def due() -> list[Due]:
    """Those that a worker may take on, the oldest first."""
    query = select(Erasure.id, Erasure.due_at).where(Erasure.done_at.is_(None), Erasure.due_at <= now())
    return [Due(*row) for row in db.session.execute(query.order_by(Erasure.due_at).limit(10))]


def expired(most: int) -> list[int]:
    """Discussions, by internal ids, that were archived longer ago than their brands keep them."""
    kept = select(Brand.id, Brand.keep_months).where(Brand.keep_months.is_not(None))
    for brand_id, months in db.session.execute(kept).all():
        old = Conversation.archived_at < now() - MONTH * (months or 0)
        query = select(Conversation.id).where(Conversation.brand_id == brand_id, old, Conversation.title != "")
        if found := db.session.scalars(query.order_by(Conversation.id).limit(most)).all():
            return list(found)
    return []


def proofs(viewer: Viewer) -> tuple[Proof, ...]:
    """All proofs, the newest first, for admins."""
    _require(viewer)
    query = select(Erasure).options(joinedload(Erasure.asker)).order_by(Erasure.id.desc()).limit(SHOWN)
    return tuple(_proof(one) for one in db.session.scalars(query))


def proof(viewer: Viewer, key: str) -> Proof:
    """One of them."""
    return _proof(_find(viewer, key))


def among(viewer: Viewer, key: str, item: str) -> str:
    """As what a thing with that public id was among what was erased; empty where it was not."""
    erasure = _find(viewer, key)
    kinds = {leaf(kind, item.strip()): kind for kind in ("message", "file", "incoming", "mail")}
    query = select(Erased.leaf).where(Erased.erasure_id == erasure.id, Erased.leaf.in_(kinds))
    found = db.session.scalars(query.limit(1)).first()
    return kinds[found] if found else ""


def leaves(viewer: Viewer, key: str) -> str:
    """All digests in their order, a line each: whoever has them computes the chain's end anew."""
    query = select(Erased.leaf).where(Erased.erasure_id == _find(viewer, key).id).order_by(Erased.place)
    return "".join(f"{one}\n" for one in db.session.scalars(query))


def discussion(viewer: Viewer, key: str) -> Subject:
    """A discussion that the viewer may export, or erase. Raises `Forbidden` where the firm keeps that from agents."""
    found = access.recorded_conversation(viewer, key)
    access.require(viewer, Act.EXPORT)
    if not access.knows(viewer, found):
        return Subject(found.public_id, "", found.brand.name, 0)
    said = select(Message.id).where(Message.conversation_id == found.id, Message.token.is_not(None))
    return Subject(found.public_id, found.title, found.brand.name, _count(said), _clients(viewer, found))


def _clients(viewer: Viewer, found: Conversation) -> tuple[tuple[str, str], ...]:
    """As whom a discussion can be exported: who is in it; for admins, also who was."""
    stays = select(Participation.person_id).where(Participation.conversation_id == found.id)
    stays = stays if viewer.is_admin else stays.where(Participation.left_at.is_(None))
    query = select(Person.public_id, Person.name).where(Person.id.in_(stays), Person.face == "client")
    return (
        tuple((row[0], row[1]) for row in db.session.execute(query.order_by(Person.folded))) if found.is_shared else ()
    )


def client(viewer: Viewer, key: str) -> Subject:
    """A client whom the viewer may export and erase."""
    found = access.recorded_client(viewer, key)
    return Subject(found.public_id, found.name, "", 0, ((found.public_id, found.name),))


def _require(viewer: Viewer) -> None:
    if not access.can(viewer, Act.ERASE):
        raise NotFound


def _find(viewer: Viewer, key: str) -> Erasure:
    _require(viewer)
    query = select(Erasure).where(Erasure.public_id == key).options(joinedload(Erasure.asker))
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def _proof(found: Erasure) -> Proof:
    counts = found.counts
    return Proof(
        id=found.public_id,
        what="discussion" if found.conversation_id else "client",
        about=found.about,
        by=found.asker.name if found.asker else "",
        asked_at=found.created_at,
        done_at=found.done_at,
        messages=counts.get("message", 0),
        files=counts.get("file", 0),
        mails=counts.get("mail", 0) + counts.get("incoming", 0),
        bytes=counts.get("bytes", 0),
        items=found.leaves,
        chain=found.chain,
    )


def _count(query: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
