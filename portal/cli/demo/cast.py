"""Brings the demo's people in, by the actions of the product: founding, inviting, becoming active."""

from pathlib import Path

from sqlalchemy import select, update

from portal import access
from portal.access import SWITCHABLE, Viewer
from portal.actions import firm as firm_actions, invitations, people, pictures
from portal.actions.facts import record
from portal.actions.unit import transaction
from portal.cli.demo import firm
from portal.cli.demo.dates import Calendar
from portal.cli.demo.firm import Guest, Member, Room
from portal.extensions import db
from portal.kernel import clock
from portal.models import Account, Address, Brand, Fact, Invitation, Person, Space, SpaceMember, State

PASSWORD = "comptoir-demo"  # of demo people only: the product has no default password
DAYS = 14
PORTRAITS = Path(__file__).with_name("portraits")  # of some: the others are drawn by their initials


class Cast:
    """Everybody and every place by their short key, once they are there."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.people: dict[str, str] = {}
        self.brands: dict[str, str] = {}
        self.spaces: dict[str, str] = {}
        self.brand_of: dict[str, str] = {room.key: room.brand for room in firm.SPACES}
        self._viewers: dict[str, Viewer] = {}
        self._hash = ""

    def viewer(self, key: str) -> Viewer:
        """A viewer acting for the person `key`."""
        if key not in self._viewers:
            self._viewers[key] = access.as_person(self.people[key])
        return self._viewers[key]

    def brand_key(self, place: str) -> str:
        """The brand of a place, which is a space's or a brand's short key."""
        return self.brands[self.brand_of.get(place, place)]

    def enter(self) -> None:
        """Found the firm and bring in everybody who was there from the beginning."""
        with clock.at(self.calendar.at(67, "9:05")):
            self._found()
            firm_actions.update_rights(self.viewer("camille"), allowed=SWITCHABLE, reach="all", co_owners=True)
        for index, member in enumerate(firm.STAFF[1:]):
            with clock.at(self.calendar.at(member.since, f"10:{index * 4:02}")):
                self._hire(member)
        with clock.at(self.calendar.at(66, "11:30")):
            self._hand_brands()
        for index, room in enumerate(firm.SPACES):
            self._open(room, f"{9 + index // 6}:{index % 6 * 9:02}")
        for face in sorted(PORTRAITS.glob("*.webp")):
            pictures.set_picture(self.viewer(face.stem), face.read_bytes())

    def _found(self) -> None:
        owner, (brand, _, _) = firm.STAFF[0], firm.BRANDS[firm.MOREL]
        people.found(
            firm=firm.FIRM,
            brand=brand,
            name=owner.name,
            email=firm.email(owner.key),
            password=PASSWORD,
            language=owner.language,
            time_zone=owner.time_zone,
        )
        person, account = db.session.execute(select(Person, Account).join(Account)).one()
        # Hashing takes long, on purpose; everybody has the same password, so once is enough.
        self._hash, self.people[owner.key] = account.password_hash or "", person.public_id
        with transaction():
            db.session.execute(update(Address).values(verified_at=clock.now()))
        name, hue, _ = firm.BRANDS[firm.HARBOUR]
        firm_actions.save_brand(
            self.viewer("camille"), "", name=name, hue=hue, host="", owner_key=self.people[owner.key]
        )
        keys = dict(db.session.execute(select(Brand.name, Brand.public_id)).all())
        self.brands = {key: keys[name] for key, (name, _, _) in firm.BRANDS.items()}

    def _hire(self, member: Member) -> None:
        self.people[member.key], _ = invitations.invite(
            self.viewer("camille"),
            name=member.name,
            email=firm.email(member.key),
            role=member.role,
            language=member.language,
            days=DAYS,
            brand_keys=tuple(self.brands[key] for key in member.brands),
        )
        if member.active:
            self._activate(member)

    def _hand_brands(self) -> None:
        for key, (name, hue, owner) in firm.BRANDS.items():
            firm_actions.save_brand(
                self.viewer("camille"),
                self.brands[key],
                name=name,
                hue=hue,
                host="",
                owner_key=self.people[owner],
            )

    def _open(self, room: Room, time: str) -> None:
        for guest in room.clients:
            with clock.at(self.calendar.at(guest.since, time)):
                self._welcome(room, guest)
        for colleague in room.staff[1:]:
            self._look_after(room, colleague)

    def _welcome(self, room: Room, guest: Guest) -> None:
        self.people[guest.key], _ = invitations.invite(
            self.viewer(room.staff[0]),
            name=guest.name,
            email=firm.email(guest.key),
            role="client",
            language=guest.language,
            days=DAYS,
            brand_keys=(self.brands[room.brand],),
            space_key=self.spaces.get(room.key, ""),
            space_name=room.name,
        )
        if room.key not in self.spaces:
            self.spaces[room.key] = db.session.scalars(select(Space.public_id).where(Space.name == room.name)).one()
        if guest.active:
            self._activate(guest)

    def _look_after(self, room: Room, colleague: str) -> None:
        with transaction():
            space = db.session.scalars(select(Space.id).where(Space.public_id == self.spaces[room.key])).one()
            person = self.viewer(colleague).person_id
            db.session.add(SpaceMember(space_id=space, person_id=person))

    def _activate(self, who: Member | Guest) -> None:
        """What `invitations.accept` does, without hashing the password forty times."""
        with transaction():
            query = select(Person, Account).join(Account).where(Person.public_id == self.people[who.key])
            person, account = db.session.execute(query).one()
            person.time_zone = who.time_zone
            account.state, account.password_hash = State.ACTIVE, self._hash
            for kind, change in ((Invitation, "accepted_at"), (Address, "verified_at")):
                mine = update(kind).where(kind.person_id == person.id)
                db.session.execute(mine.values({change: clock.now()}))
            record(None, Fact.ACCOUNT_ACTIVATED, person=person)
