"""Viewer: who asks. Built once for a request, socket or job, and passed first to everything."""

from dataclasses import dataclass

from portal.models import Face, Role

SESSION = "session"
SYSTEM = "system"


@dataclass(frozen=True)
class Viewer:
    """A person at one face of the counter, by one way in. Flask-Login takes it as its user."""

    person_id: int
    key: str
    name: str
    face: str
    role: str
    language: str
    time_zone: str
    enter_sends: bool
    device_id: int | None = None
    via: str = SESSION
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

    def get_id(self) -> str:
        """What Flask-Login asks of its users; the cookie's content is set by `web.gate` instead."""
        return self.key

    @classmethod
    def system(cls, person_id: int, key: str, name: str, face: str, role: str) -> "Viewer":
        """A viewer for jobs and the command line, acting for a person without a browser."""
        return cls(person_id, key, name, face, role, "en", "UTC", True, via=SYSTEM)
