"""What must hold before Comptoir serves the public (RELIABILITY's last lines); asked at every start."""

from dataclasses import dataclass

from flask import Flask

from portal.config import Settings
from portal.queries import schema


@dataclass(frozen=True)
class Rule:
    """One condition: whether it holds, in words, and what to do where it does not."""

    holds: bool
    what: str
    remedy: str


class Unsafe(RuntimeError):
    """Why nothing is served; the text says what to do."""


def rules(app: Flask) -> tuple[Rule, ...]:
    """Every condition, whether people come over a network or not."""
    settings: Settings = app.config["COMPTOIR"]
    return (*(Rule(*one) for one in settings.safety()), _limit(app), _durability(app))


def require(app: Flask) -> None:
    """Raise `Unsafe` where people come over a network and a condition does not hold."""
    if not app.config["COMPTOIR"].in_production:
        return
    remedies = [rule.remedy for rule in rules(app) if not rule.holds]
    if remedies:
        raise Unsafe("\n".join(("Comptoir does not serve the public like this.", *remedies)))


def _limit(app: Flask) -> Rule:
    limit = app.config["MAX_CONTENT_LENGTH"]
    return Rule(bool(limit), "what is sent has a limit of size", "Do not take MAX_CONTENT_LENGTH away.")


def _durability(app: Flask) -> Rule:
    """A database that cannot be asked acknowledges nothing; /health/ready and `comptoir check` tell of it."""
    settings: Settings = app.config["COMPTOIR"]
    what, remedy = "PostgreSQL waits for the disk", "Switch synchronous_commit and fsync on in PostgreSQL."
    if settings.sqlite_path:
        what, remedy = "SQLite waits for the disk (synchronous=FULL)", "Do not change the pragma `synchronous`."
        if not settings.sqlite_path.exists():
            return Rule(True, what, remedy)  # looking would make it
    with app.app_context():
        return Rule(schema.waits_for_disk() is not False, what, remedy)
