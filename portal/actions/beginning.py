"""Inside a unit: a discussion that begins, with who began it in it, and who receives what a client began."""

from sqlalchemy import or_, select

from portal.access import Standing, Viewer
from portal.actions.stays import join
from portal.extensions import db
from portal.models import (
    Account,
    Brand,
    Conversation,
    Face,
    Kind,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)


def begin(
    viewer: Viewer,
    title: str,
    audience: str,
    brand: Brand,
    space: Space | None,
    *,
    token: str | None = None,
    kind: str = Kind.DISCUSSION,
) -> Standing:
    """A discussion with its creator in it: theirs if they are staff, nobody's yet if they are a client."""
    person = db.session.get_one(Person, viewer.person_id)
    conversation = Conversation(
        title=title,
        kind=kind,
        audience=audience,
        brand=brand,
        space_id=space.id if space else None,
        creator=person,
        owner_id=viewer.person_id if viewer.is_staff else None,
        token=token,
    )
    db.session.add(conversation)
    db.session.flush()
    stay = join(conversation, person)
    db.session.add(stay)
    db.session.flush()
    return Standing(conversation, stay)


def receivers(space: Space | None, brand: Brand) -> list[Person]:
    """The space's active staff, else the brand's owner; where they are disabled, the firm's."""
    query = (
        select(Person)
        .join(SpaceMember, SpaceMember.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(SpaceMember.space_id == (space.id if space else None))
        .where(Person.face == Face.STAFF, Account.state == State.ACTIVE)
    )
    owners = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(or_(Person.id == brand.owner_id, Account.role == Role.OWNER), Account.state == State.ACTIVE)
        .order_by(Person.id != brand.owner_id)
        .limit(1)
    )
    return list(db.session.scalars(query)) or list(db.session.scalars(owners))
