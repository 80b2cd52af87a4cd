"""`comptoir check`: is this installation sound? Says each finding, and what to do."""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.cli.data import current_revision, head, is_newer
from portal.config import Settings
from portal.extensions import db
from portal.queries import firm

FULL = 2  # SQLite's number for it
LEAST_FREE = 200 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    good: bool
    what: str
    remedy: str = ""


@click.command()
@with_appcontext
def check() -> None:
    """Look at settings, database, disk and secret; exit with 1 when something is wrong."""
    settings: Settings = current_app.config["COMPTOIR"]
    findings = [*_settings(settings), *_database(settings), *_disk(settings)]
    for finding in findings:
        click.echo(f"{'ok   ' if finding.good else 'WRONG'}  {finding.what}")
        if not finding.good:
            click.echo(f"       {finding.remedy}")
    if not all(finding.good for finding in findings):
        raise SystemExit(1)


def require_safe(settings: Settings) -> None:
    """Stop a start in production that would leave a door open, or acknowledge what is not on the disk yet."""
    if not settings.in_production:
        return
    rules = [Finding(*rule) for rule in settings.safety()] + [_limit()]
    if settings.sqlite_path:
        rules.append(_durability())
    remedies = [rule.remedy for rule in rules if not rule.good]
    if remedies:
        raise click.ClickException("\n".join(("Comptoir does not serve the public like this.", *remedies)))


def _settings(settings: Settings) -> Iterator[Finding]:
    secret, *others = (Finding(*rule) for rule in settings.safety())
    yield secret
    if settings.in_production:
        yield from others
    yield _limit()
    if (settings.var / "secret_key").exists():
        mode = stat.S_IMODE((settings.var / "secret_key").stat().st_mode)
        yield Finding(
            mode == 0o600,
            "only its owner reads the secret key",
            f"chmod 600 {settings.var / 'secret_key'}",
        )


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.sqlite_path and not settings.sqlite_path.exists():
        yield Finding(False, f"there is a database at {settings.sqlite_path}", "Run `comptoir migrate`.")
        return
    try:
        revision = current_revision()
    except SQLAlchemyError:
        yield Finding(
            False,
            "the database answers",
            "Check COMPTOIR_DATABASE_URL, and that the server runs.",
        )
        return
    remedy = "Update the program: the database is newer." if is_newer() else "Run `comptoir migrate`."
    yield Finding(revision == head(), "the database has this version's schema", remedy)
    if revision != head():
        return
    yield Finding(
        firm.firm_name() is not None,
        "there is a firm",
        "Open the first page, or run `comptoir create-owner`.",
    )
    if settings.sqlite_path:
        sound = db.session.execute(text("PRAGMA quick_check")).scalar()
        yield Finding(
            sound == "ok",
            "the SQLite file is sound",
            "Restore the last backup with `comptoir restore`.",
        )
        yield _durability()


def _limit() -> Finding:
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    return Finding(bool(limit), "what is sent has a limit of size", "Do not take MAX_CONTENT_LENGTH away.")


def _durability() -> Finding:
    level = db.session.execute(text("PRAGMA synchronous")).scalar() or 0
    return Finding(level >= FULL, "SQLite waits for the disk (synchronous=FULL)", "Do not change this pragma.")


def _disk(settings: Settings) -> Iterator[Finding]:
    if not settings.var.is_dir():
        yield Finding(False, f"{settings.var} is there", "Make this directory, or set COMPTOIR_VAR.")
        return
    free = shutil.disk_usage(settings.var).free
    yield Finding(
        free > LEAST_FREE,
        f"{free // 2**20:,} MiB are free",
        f"Make room on the disk of {settings.var}.",
    )
    yield Finding(
        os.access(settings.var, os.W_OK),
        f"{settings.var} can be written",
        "Give its user the right to write.",
    )
