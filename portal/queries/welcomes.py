"""What the mail says that welcomes a client who joined a space's discussions by themselves (SPEC D15)."""

from typing import NamedTuple

from sqlalchemy import select

from portal import access
from portal.access.read_models import BrandChip
from portal.extensions import db
from portal.kernel.errors import SignedOut
from portal.models import AutomaticMembership, Brand, Conversation, Mail, Participation, Person, Space


class Welcome(NamedTuple):
    """To whom, in which language, under which brand; `words` of the space, or none; `titles` of what they are in."""

    name: str
    language: str
    brand: BrandChip
    words: str
    titles: tuple[str, ...]


def welcome(mail_key: str) -> Welcome | None:
    """What the mail `mail_key` says now; None where its reader is out of it all, or the space welcomes nobody."""
    query = (
        select(Person, Space, Brand)
        .join(Mail, Mail.person_id == Person.id)
        .join(Conversation, Conversation.id == Mail.conversation_id)
        .join(Space, Space.id == Conversation.space_id)
        .join(Brand, Brand.id == Space.brand_id)
        .where(Mail.public_id == mail_key, Space.welcomes)
    )
    row = db.session.execute(query).first()
    titles = _titles(row.Person, row.Space) if row else ()
    if row is None or not titles:
        return None
    return Welcome(row.Person.name, row.Person.language, access.brand_chip(row.Brand), row.Space.welcome, titles)


def _titles(person: Person, space: Space) -> tuple[str, ...]:
    """Of the discussions marked for that space that they are in, as they see them."""
    try:
        reader = access.as_person(person.public_id)
    except SignedOut:
        return ()
    marked = select(AutomaticMembership.conversation_id).where(AutomaticMembership.space_id == space.id)
    query = access.scopes.conversations(reader).where(Conversation.id.in_(marked)).order_by(Participation.id)
    return tuple(db.session.scalars(query.with_only_columns(Conversation.title)))
