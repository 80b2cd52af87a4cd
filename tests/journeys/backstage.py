"""What happens without a page: discussions prepared for a journey, and people who act elsewhere."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from portal.actions import (
    co_owners,
    devices,
    discussions,
    messages,
    participants,
    people,
    previews,
    reactions,
    reminders,
)
from portal.actions.unit import transaction
from portal.extensions import db
from portal.models import Account, Brand, Conversation, Firm, Message, Participation, Person, Reminder, Space
from tests.actions.rows import decide
from tests.world import World, token


@dataclass
class Backstage:
    """Acts as people of the cast, straight through the actions, as another process would."""

    world: World

    def discussion(
        self,
        *members: str,
        title: str = "Kitchen",
        audience: str = "shared",
        kind: str = "discussion",
        owner: str = "ines",
    ) -> str:
        """A new discussion of `owner` with `members`; gives its key."""
        space = self.world.spaces["Delcourt"] if audience == "shared" else ""
        viewer = self.world.viewer(owner)
        key = discussions.create(
            viewer, title=title, audience=audience, brand_key=self.world.brands["North"], space_key=space, kind=kind
        )
        for name in members:
            participants.add(viewer, key, self.world.keys[name], confirmed=True)
        self._forget()
        return key

    def add(self, name: str, key: str, owner: str = "ines") -> None:
        """Let somebody in."""
        participants.add(self.world.viewer(owner), key, self.world.keys[name], confirmed=True)
        self._forget()

    def post(self, name: str, key: str, body: str, kind: str = "text") -> str:
        """A message of somebody."""
        posted = messages.post(self.world.viewer(name), key, body=body, kind=kind, token=token())
        self._forget()
        return posted

    def look_at_files(self) -> None:
        """The worker looks at what came."""
        while previews.work():
            pass
        self._forget()

    def edit(self, name: str, key: str, message: str, body: str) -> None:
        """Other words."""
        messages.edit(self.world.viewer(name), key, message, body=body)
        self._forget()

    def delete(self, name: str, key: str, message: str) -> None:
        """Take a message back."""
        messages.delete(self.world.viewer(name), key, message)
        self._forget()

    def rename(self, name: str, key: str, title: str) -> None:
        """Another title."""
        discussions.rename(self.world.viewer(name), key, title=title)
        self._forget()

    def note(self, name: str, key: str, body: str) -> str:
        """A note of somebody."""
        return self.post(name, key, body, kind="note")

    def remove(self, name: str, key: str, owner: str = "ines") -> None:
        """Take somebody out."""
        participants.remove(self.world.viewer(owner), key, self.world.keys[name])
        self._forget()

    def remind(self, name: str, key: str) -> None:
        """A reminder of a discussion rings for somebody."""
        reminders.remind(self.world.viewer(name), key, due=reminders.REPLY)
        reminders.ring(db.session.scalars(select(func.max(Reminder.id))).one())
        self._forget()

    def leave(self, name: str, key: str) -> None:
        """Somebody goes; what is theirs is without an owner."""
        participants.leave(self.world.viewer(name), key)
        self._forget()

    def take_over(self, name: str, key: str) -> None:
        """An admin takes over what has no owner."""
        discussions.take_over(self.world.viewer(name), key)
        self._forget()

    def feel(self, name: str, key: str, message: str, sign: str) -> None:
        """Put an emoji to a message."""
        reactions.put(self.world.viewer(name), key, message, sign)
        self._forget()

    def share(self, name: str, key: str, other: str) -> None:
        """The owner makes somebody a co-owner."""
        co_owners.make(self.world.viewer(name), key, self.world.keys[other])
        self._forget()

    def owner(self, key: str) -> str | None:
        """Whose a discussion is, by their name in the cast."""
        query = select(Person.public_id).join(Conversation, Conversation.owner_id == Person.id)
        found = db.session.scalar(query.where(Conversation.public_id == key))
        self._forget()
        return next((name for name, value in self.world.keys.items() if value == found), None)

    def decide(self, **what: Any) -> None:
        """The firm decides on rights, reach and co-owners anew, and makes no exception."""
        decide(self.world, **what)
        with transaction():
            db.session.execute(update(Account).values(reach=None))
        self._forget()

    def disable(self, name: str) -> None:
        """Have the firm's owner end somebody's account."""
        people.disable(self.world.viewer("olga"), self.world.keys[name])
        self._forget()

    def change(self, name: str, /, **what: str | bool) -> None:
        """Give somebody another `name`, `language` or `time_zone`, or what else they chose."""
        with transaction():
            person = db.session.scalars(select(Person).where(Person.public_id == self.world.keys[name])).one()
            for column, value in what.items():
                setattr(person, column, value)
        self._forget()

    def call_firm(self, firm: str, brand: str, space: str) -> None:
        """Give the firm, its brand North and the Delcourts' space other names."""
        with transaction():
            db.session.execute(update(Firm).values(name=firm))
            db.session.execute(update(Brand).where(Brand.public_id == self.world.brands["North"]).values(name=brand))
            space_key = self.world.spaces["Delcourt"]
            db.session.execute(update(Space).where(Space.public_id == space_key).values(name=space))
        self._forget()

    def age(self, key: str, apart: timedelta) -> None:
        """Make a discussion old: its messages lie `apart` from each other, the newest at their real time."""
        with transaction():
            conversation = select(Conversation.id).where(Conversation.public_id == key).scalar_subquery()
            query = select(Message).where(Message.conversation_id == conversation).order_by(Message.position.desc())
            for back, message in enumerate(db.session.scalars(query)):
                message.created_at -= back * apart
        self._forget()

    def members(self, key: str) -> set[str]:
        """Who is in a discussion, by their names in the cast."""
        query = (
            select(Person.public_id)
            .join(Participation, Participation.person_id == Person.id)
            .join(Conversation, Conversation.id == Participation.conversation_id)
            .where(Conversation.public_id == key, Participation.left_at.is_(None))
        )
        names = {value: name for name, value in self.world.keys.items()}
        found = {names[value] for value in db.session.scalars(query)}
        self._forget()
        return found

    def sign_out(self, name: str) -> None:
        """End all devices of somebody, as they would from another one."""
        devices.revoke_others(self.world.viewer(name))
        self._forget()

    def _forget(self) -> None:
        db.session.remove()
