"""What happens without a page: discussions prepared for a journey, and people who act elsewhere."""

from dataclasses import dataclass

from sqlalchemy import select, update

from portal.actions import discussions, messages, participants, people
from portal.extensions import db
from portal.models import Account, Person
from tests.world import World, token


@dataclass
class Backstage:
    """Acts as people of the cast, straight through the actions, as another process would."""

    world: World

    def discussion(self, *members: str, title: str = "Kitchen", audience: str = "shared", owner: str = "ines") -> str:
        """A new discussion of `owner` with `members`; gives its key."""
        space = self.world.spaces["Delcourt"] if audience == "shared" else ""
        viewer = self.world.viewer(owner)
        key = discussions.create(
            viewer, title=title, audience=audience, brand_key=self.world.brands["North"], space_key=space
        )
        for name in members:
            participants.add(viewer, key, self.world.keys[name], confirmed=True)
        self._forget()
        return key

    def post(self, name: str, key: str, body: str, kind: str = "text") -> str:
        """A message of somebody."""
        posted = messages.post(self.world.viewer(name), key, body=body, kind=kind, token=token())
        self._forget()
        return posted

    def edit(self, name: str, key: str, message: str, body: str) -> None:
        """Other words."""
        messages.edit(self.world.viewer(name), key, message, body=body)
        self._forget()

    def rename(self, name: str, key: str, title: str) -> None:
        """Another title."""
        discussions.rename(self.world.viewer(name), key, title=title)
        self._forget()

    def call_person(self, name: str, full_name: str) -> None:
        """Another name for somebody."""
        with db.session.begin():
            db.session.execute(update(Person).where(Person.id == self._id(name)).values(name=full_name))
        self._forget()

    def speak(self, name: str, language: str) -> None:
        """Another language for somebody."""
        db.session.execute(update(Account).where(Account.person_id == self._id(name)).values(language=language))
        db.session.commit()
        self._forget()

    def _id(self, name: str) -> int:
        return db.session.scalars(select(Person.id).where(Person.public_id == self.world.keys[name])).one()

    def _forget(self) -> None:
        db.session.remove()


__all__ = ["Backstage", "people"]
