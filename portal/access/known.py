"""Whom somebody may know by name in a discussion (SPEC M5): those they can mention."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, select

from portal.access import scopes
from portal.access.getters import Standing
from portal.access.read_models import Author
from portal.access.said import TEAM
from portal.access.show import shower
from portal.access.viewer import Viewer
from portal.extensions import db
from portal.models import Account, Face, Firm, Message, Participation, Person, State

MOST = 2000  # people of a brand; among more, those who are in the discussion are found


class Known(NamedTuple):
    """Somebody as the writer knows them; `here` is whether they are in the discussion, as far as the writer may know.

    A client has no list of who is in it: to them all are here whom they may name.
    """

    person_id: int
    author: Author
    here: bool


def known(viewer: Viewer, standing: Standing) -> list[Known]:
    """Whom the viewer may name there: for staff who is in it, then colleagues; for clients whose names they read.

    For a client they stand in the order in which they wrote last; whom the firm shows under its brand, nobody names.
    """
    brand, show = standing.conversation.brand, shower(viewer.face, _staff_names())
    found = list(_for_staff(standing) if viewer.is_staff else _for_client(viewer, standing))
    seen = [Known(row.id, show.author(row, brand), row.here) for row in found if row.id != viewer.person_id]
    return [one for one in seen if one.author.key != TEAM]


def _for_staff(standing: Standing) -> Iterator[Any]:
    conversation = standing.conversation
    present = _people(True).join(Participation, Participation.person_id == Person.id)
    present = present.where(Participation.conversation_id == conversation.id, Participation.left_at.is_(None))
    yield from db.session.execute(present.order_by(Person.face.desc(), Person.folded))
    inside = select(Participation.person_id).where(
        Participation.conversation_id == conversation.id, Participation.left_at.is_(None)
    )
    of_brand = scopes.staff_of_brand(conversation.brand_id).with_only_columns(Person.id)
    colleagues = _people(False).where(Person.id.in_(of_brand), Person.id.not_in(inside))
    colleagues = colleagues.join(Account, Account.person_id == Person.id).where(Account.state == State.ACTIVE)
    yield from db.session.execute(colleagues.order_by(Person.folded).limit(MOST))


def _for_client(viewer: Viewer, standing: Standing) -> Iterator[Any]:
    said = scopes.messages(viewer).where(Message.conversation_id == standing.conversation.id)
    last = func.max(scopes.place(Face.CLIENT)).label("last")
    by = said.with_only_columns(Message.author_id, last).group_by(Message.author_id).subquery()
    yield from db.session.execute(_people(True).join(by, by.c.author_id == Person.id).order_by(by.c.last.desc()))


def _people(here: bool) -> Select[*tuple[Any, ...]]:
    columns = (Person.id, Person.public_id, Person.name, Person.face, Person.picture)
    return select(*columns, literal(here).label("here"))


def _staff_names() -> str | None:
    return db.session.scalar(select(Firm.staff_names))
