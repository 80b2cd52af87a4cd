"""Who is in a discussion, for staff."""

from collections.abc import Collection

from sqlalchemy import select

from portal import access
from portal.access import Standing, Viewer
from portal.access.people_models import ParticipantView
from portal.extensions import db
from portal.models import Address, Participation, Person


def participants(viewer: Viewer, standing: Standing, online: Collection[int]) -> tuple[ParticipantView, ...]:
    """Who is in it now: staff first, each by name. For staff only."""
    conversation = standing.conversation
    works = select(Address.id).where(Address.person_id == Person.id, Address.bounced_at.is_(None))
    email = select(Address.email).where(Address.person_id == Person.id).order_by(Address.id).limit(1)
    query = (
        select(Person, Participation.joined_at, Participation.co_owner, email.scalar_subquery().label("email"))
        .add_columns(works.exists().label("works"))
        .join(Participation, Participation.person_id == Person.id)
        .where(
            Participation.conversation_id == conversation.id,
            Participation.left_at.is_(None),
        )
        .order_by(Person.face.desc(), Person.folded)
    )
    who = access.shower(viewer.face, None)
    return tuple(
        ParticipantView(
            id=found.Person.public_id,
            name=found.Person.name,
            initials=who.author(found.Person, conversation.brand).initials,
            hue=access.hue(found.Person.public_id),
            role=found.Person.face,
            owner=found.Person.id == conversation.owner_id,
            co_owner=standing.co_owners and found.co_owner and found.Person.id != conversation.owner_id,
            online=found.Person.id in online,
            email=found.email or "",
            joined_at=found.joined_at,
            you=found.Person.id == viewer.person_id,
            picture=found.Person.picture,
            bounced=bool(found.email) and not found.works,
        )
        for found in db.session.execute(query)
    )
