"""Viewer: who asks. Built once for a request, socket or job, and passed first to everything."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import Integer, bindparam

from portal.models import AgentReach, Face, Role

SESSION = "session"
SYSTEM = "system"
LINK = "link"
MAIL = "mail"
SEEN_AS = "seen_as"


@dataclass(frozen=True)
class Limits:
    """What the firm keeps from an agent (SPEC P11): rights, by their acts, and clients beyond a reach."""

    withheld: frozenset[str] = frozenset()
    reach: str = AgentReach.ALL

    @classmethod
    def of(cls, role: str, own_reach: str | None, withheld: Iterable[str], firm_reach: str) -> "Limits":
        """An account's, by the firm's settings and its own exception. Only agents are limited."""
        return cls(frozenset(withheld), own_reach or firm_reach) if role == Role.AGENT else cls()


@dataclass(frozen=True)
class Viewer:
    """A person at one face of the counter, by one way in. Flask-Login takes it as its user.

    Who comes by the link of a mail (`mail_id`), or by answering it, is in one conversation and in no other: `limit`
    is its internal id. `link_device` is a browser that may use their links. So is a client whom staff see a
    discussion as (`SEEN_AS`), who writes nothing at all.
    """

    person_id: int
    key: str
    name: str
    face: str
    role: str
    language: str
    time_zone: str
    enter_sends: bool
    limits: Limits
    device_id: int | None = None
    picture: str | None = None
    via: str = SESSION
    limit: int | None = None
    mail_id: int | None = None
    link_device: int | None = None
    undo: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def is_staff(self) -> bool:
        """Whether this is the staff's side of the counter."""
        return self.face == Face.STAFF

    @property
    def is_admin(self) -> bool:
        """Whether the firm's settings are this person's to change."""
        return self.role in {Role.OWNER, Role.ADMIN}

    @property
    def finds_all(self) -> bool:
        """Whether all clients of their brands are within this member of staff's reach."""
        return self.is_admin or self.limits.reach == AgentReach.ALL

    @property
    def asked(self) -> dict[str, int]:
        """The parameters of every statement that was built for a stand-in (`anybody`); no conversation has the id 0."""
        return {"me": self.person_id, "limit": self.limit or 0}

    def get_id(self) -> str:
        """What Flask-Login asks of its users; the cookie's content is set by `web.gate` instead."""
        return self.key

    @classmethod
    def system(cls, person_id: int, key: str, name: str, face: str, role: str, limits: Limits) -> "Viewer":
        """A viewer for jobs and the command line, acting for a person without a browser."""
        return cls(person_id, key, name, face, role, "en", "UTC", True, limits, via=SYSTEM)


@cache
def anybody(face: str, role: str) -> Viewer:
    """A stand-in for every viewer of that face and role: its person is the parameter `me` of a statement.

    Building a statement takes several times as long as running it. What is asked with every message is
    built once, for stand-ins, by the same scopes, and run with `viewer.asked`. None of them
    may depend on `limits`: those of a stand-in are the narrowest.
    """
    me, limit = (cast(int, bindparam(name, type_=Integer)) for name in ("me", "limit"))
    return Viewer(me, "", "", face, role, "en", "UTC", True, Limits(reach=AgentReach.OWN), limit=limit)
