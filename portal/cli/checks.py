"""`comptoir check`: is this installation sound? Says each finding, and what to do."""

import json
from collections.abc import Iterator
from contextlib import suppress

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from portal.cli import machine, mail_checks
from portal.cli.machine import Finding
from portal.config import PREFIX, Settings
from portal.extensions import application, db
from portal.kernel.clock import now
from portal.models import Event
from portal.queries import firm, pictures, schema
from portal.web import safety

MARKS = {True: click.style("✓", fg="green"), False: click.style("✗", fg="red"), None: "·"}
LEAST_POSTGRESQL = 130_000  # the first with pg_current_xact_id()
LEAST_CONNECTIONS = 40  # those of one web process, and some for backup and check


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines: one object, with a list of findings.")
@with_appcontext
def check(as_json: bool) -> None:
    """Look at settings, database, disk, secrets and the machine's limits; exit with 1 when something is wrong."""
    settings: Settings = current_app.config["COMPTOIR"]
    findings = [*_settings(settings), *_database(settings), *_files(settings), *machine.findings(settings)]
    sound = not any(finding.good is False for finding in findings)
    (_print_json if as_json else _print)(findings, sound)
    if not sound:
        raise SystemExit(1)


def _files(settings: Settings) -> Iterator[Finding]:
    """Asked of the database, so only where that has this version's schema."""
    if settings.sqlite_path and not settings.sqlite_path.exists():
        return
    with suppress(SQLAlchemyError):
        if schema.revision() == schema.head():
            lost = pictures.lost()
            yield Finding(not lost, "every file is there, and as it was stored", f"{lost} are not: restore a backup.")


def _print(findings: list[Finding], sound: bool) -> None:
    for finding in findings:
        click.echo(f"{MARKS[finding.good]} {finding.what}")
        if finding.good is not True and finding.remedy:
            click.echo(f"    {finding.remedy}")
    click.echo("All is well." if sound else "Something is wrong: see each ✗.")


def _print_json(findings: list[Finding], sound: bool) -> None:
    words = {True: "ok", False: "wrong", None: "note"}
    listed = [{"state": words[one.good], "what": one.what, "remedy": one.remedy} for one in findings]
    click.echo(json.dumps({"sound": sound, "findings": listed}, ensure_ascii=False, indent=1))


def _settings(settings: Settings) -> Iterator[Finding]:
    """What must hold before the public is served; on one's own machine, only what costs nothing there."""
    secret, https, hosts, limit, _ = safety.rules(application())
    asked = (secret, https, hosts, limit) if settings.in_production else (secret, limit)
    yield from (Finding(rule.holds, rule.what, rule.remedy) for rule in asked)
    if not settings.in_production:
        yield Finding(None, "people come from this machine only", f"For others, set {PREFIX}PUBLIC_URL.")
    elif settings.secure:
        yield Finding(
            settings.trusted_proxies > 0,
            "the proxy that speaks https is named",
            f"Set {PREFIX}TRUSTED_PROXIES=1, else all people share one network address, and its limit of sign-ins.",
        )


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.sqlite_path and not settings.sqlite_path.exists():
        yield Finding(False, f"there is a database at {settings.sqlite_path}", "Run `comptoir migrate`.")
        return
    try:
        revision = schema.revision()
    except SQLAlchemyError:
        yield Finding(False, "the database answers", f"Check {PREFIX}DATABASE_URL, and that the server runs.")
        return
    yield from _sqlite() if settings.sqlite_path else _postgresql()
    remedy = "Update the program: the database is newer." if schema.is_newer() else "Run `comptoir migrate`."
    yield Finding(revision == schema.head(), f"the database has this version's schema ({schema.head()})", remedy)
    if revision == schema.head():
        with suppress(DatabaseError):  # of a file that is not sound, which was said
            remedy = "Open the first page, or run `comptoir create-owner`."
            yield Finding(firm.firm_name() is not None, "there is a firm", remedy)
            yield _clock()
            yield from mail_checks.findings(settings)


def _sqlite() -> Iterator[Finding]:
    version = db.session.execute(text("SELECT sqlite_version()")).scalar()
    sound = None
    with suppress(DatabaseError):
        sound = db.session.execute(text("PRAGMA quick_check")).scalar()
    yield Finding(sound == "ok", f"the SQLite {version} file is sound", "Restore the last backup: `comptoir restore`.")
    yield _durability()


def _postgresql() -> Iterator[Finding]:
    number = int(_shown("server_version_num"))
    remedy = "Update PostgreSQL to 13 or later."
    yield Finding(number >= LEAST_POSTGRESQL, f"PostgreSQL {_shown('server_version')} is new enough", remedy)
    remedy = "Make the database anew with ENCODING 'UTF8'."
    yield Finding(_shown("server_encoding") == "UTF8", "PostgreSQL keeps every character (UTF8)", remedy)
    remedy = f"Set max_connections to {LEAST_CONNECTIONS} or more in PostgreSQL."
    most = int(_shown("max_connections"))
    yield Finding(most >= LEAST_CONNECTIONS, f"PostgreSQL lets {most} connections in", remedy)
    yield _durability()


def _durability() -> Finding:
    *_, rule = safety.rules(application())
    return Finding(rule.holds, rule.what, rule.remedy)


def _shown(name: str) -> str:
    return str(db.session.execute(text(f"SHOW {name}")).scalar())


def _clock() -> Finding:
    """Sign-ins, invitations and the order of lists go by the clock; one that was set back would undo them."""
    newest = db.session.scalar(select(Event.at).order_by(Event.id.desc()).limit(1))
    ahead = (newest - now()).total_seconds() if newest else 0.0
    remedy = "Set the machine's clock, best by NTP."
    return Finding(ahead < 60, "the clock is not behind what has been written", remedy)
