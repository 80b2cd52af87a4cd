"""The record of the exceptions that are asked for (SPEC P12): seen as a client, exported, erased; for admins."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Viewer
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Brand, Contents, Conversation, Erasure, Export, Person, Sighting
from portal.queries.rights import Takeover

SHOWN = 50  # of each, and of all
_WHO, _WHOM = aliased(Person), aliased(Person)


def uses(viewer: Viewer) -> tuple[Takeover, ...]:
    """The last ones, the newest first. Titles are for those who are in the discussion."""
    if not access.can(viewer, Act.MANAGE_FIRM):
        raise NotFound
    found = [*_seen(viewer), *_exported(viewer), *_erased()]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN])


def _seen(viewer: Viewer) -> Iterator[Takeover]:
    query = select(Sighting.at, _WHOM.name.label("person")).join(_WHO, _WHO.id == Sighting.viewer_id)
    query = query.join(_WHOM, _WHOM.id == Sighting.client_id)
    query = query.join(Conversation, Conversation.id == Sighting.conversation_id)
    for row in _last(viewer, query, Sighting.id):
        yield _use(row, "seen", row.person)


def _exported(viewer: Viewer) -> Iterator[Takeover]:
    subject = aliased(Person)
    query = select(Export.created_at.label("at"), Export.contents, Export.notes, _WHOM.name.label("person"))
    query = query.add_columns(subject.name.label("subject")).join(_WHO, _WHO.id == Export.asker_id)
    query = query.outerjoin(_WHOM, _WHOM.id == Export.client_id).outerjoin(subject, subject.id == Export.subject_id)
    query = query.outerjoin(Conversation, Conversation.id == Export.conversation_id)
    for row in _last(viewer, query, Export.id):
        what = "client" if row.contents == Contents.CLIENT else "notes" if row.notes else "firm"
        use = _use(row, what, row.person or "")
        yield use if use.brand else Takeover(use.by, use.at, "", None, row.subject, what, use.person)


def _erased() -> Iterator[Takeover]:
    query = select(Erasure.created_at, Erasure.about, Erasure.conversation_id, _WHO.name)
    query = query.outerjoin(_WHO, _WHO.id == Erasure.asker_id).order_by(Erasure.id.desc()).limit(SHOWN)
    for at, about, conversation_id, by in db.session.execute(query):
        yield Takeover(by or "", at, about if conversation_id else "", None, None, "erased")


def _last(viewer: Viewer, query: Select[*tuple[Any, ...]], by: Any) -> Iterator[Row[*tuple[Any, ...]]]:
    mine = access.scopes.conversations(viewer).with_only_columns(Conversation.id)
    shown = Conversation.public_id.label("key"), Conversation.title, Conversation.id.in_(mine).label("mine")
    query = query.add_columns(_WHO.name.label("by"), Brand.name.label("brand"), *shown)
    query = query.outerjoin(Brand, Brand.id == Conversation.brand_id).order_by(by.desc()).limit(SHOWN)
    return iter(db.session.execute(query))


def _use(row: Row[*tuple[Any, ...]], what: str, person: str) -> Takeover:
    key, title = (row.key, row.title) if row.mine else (None, None)
    return Takeover(row.by, row.at, row.brand or "", key, title, what, person)
