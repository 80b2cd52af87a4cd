"""Demo data: a firm at work, told through the actions of the product over the last three months."""

from dataclasses import dataclass

from sqlalchemy import func, select

from portal.cli.demo import firm, script, stage
from portal.cli.demo.cast import PASSWORD, Cast
from portal.cli.demo.dates import Calendar
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import Conflict
from portal.models import Address, Brand, Conversation, Face, Firm, Message, MessageKind, Person, Space

__all__ = ["PASSWORD", "SignIn", "Summary", "fill", "is_empty"]


@dataclass(frozen=True)
class SignIn:
    """Somebody to look at the demo as."""

    email: str
    role: str
    language: str


@dataclass(frozen=True)
class Summary:
    """What there is after filling, and who can sign in (all with the same password)."""

    brands: int
    staff: int
    clients: int
    spaces: int
    discussions: int
    messages: int
    sign_ins: tuple[SignIn, ...]
    password: str = PASSWORD

    def __str__(self) -> str:
        """What `comptoir demo` prints."""
        counted = (
            f"{self.brands} brands, {self.staff} staff, {self.clients} clients in {self.spaces} spaces, "
            f"{self.discussions} discussions, {self.messages} messages."
        )
        return f"{counted}\n{self.ways}"

    @property
    def ways(self) -> str:
        """Who to sign in as."""
        lines = [f"  {way.email:<22}{way.role}, {way.language}" for way in self.sign_ins]
        return "\n".join((f"Sign in with the password {self.password} as", *lines))


def is_empty() -> bool:
    """Whether there is no firm yet, so that the demo may move in."""
    return db.session.scalar(select(Firm.id).limit(1)) is None


def ways_in() -> str:
    """Who to sign in as, where the firm in the database is the demo's; else nothing to print."""
    found = db.session.scalar(select(Address.id).where(Address.email == firm.email(firm.SIGN_INS[0][0])))
    return _summary().ways if found else "There is a firm already."


def fill() -> Summary:
    """Fill an empty database. Raises `Conflict("not_empty")` where there is a firm already."""
    if not is_empty():
        raise Conflict("not_empty")
    calendar = Calendar(now())
    scripts = script.load(calendar)
    cast = Cast(calendar)
    cast.enter()
    stage.play(cast, scripts)
    return _summary()


def _summary() -> Summary:
    people = select(func.count()).select_from(Person)
    said = select(func.count()).select_from(Message).where(Message.kind != MessageKind.EVENT)
    return Summary(
        brands=_count(Brand),
        staff=db.session.scalar(people.where(Person.face == Face.STAFF)) or 0,
        clients=db.session.scalar(people.where(Person.face == Face.CLIENT)) or 0,
        spaces=_count(Space),
        discussions=_count(Conversation),
        messages=db.session.scalar(said) or 0,
        sign_ins=tuple(SignIn(firm.email(key), role, language) for key, role, language in firm.SIGN_INS),
    )


def _count(noun: type[Brand] | type[Space] | type[Conversation]) -> int:
    return db.session.scalar(select(func.count()).select_from(noun)) or 0
