"""E-mail addresses of people: trying one again to which mails came back."""

from sqlalchemy import update

from portal import access
from portal.access import Act, Viewer
from portal.actions.unit import unit
from portal.extensions import db
from portal.models import Address, Role


def try_again(viewer: Viewer, person_key: str) -> None:
    """Mail somebody again at addresses that did not work; for who may invite them."""
    with unit(viewer) as viewer:
        person, account = access.person(viewer, person_key)
        access.require(viewer, Act.INVITE_CLIENT if account.role == Role.CLIENT else Act.INVITE_STAFF)
        gone = update(Address).where(Address.person_id == person.id, Address.bounced_at.is_not(None))
        db.session.execute(gone.values(bounced_at=None, bounce=""))
