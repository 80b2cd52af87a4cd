"""Backup while running, and restore. One file holds all that is needed: database, files and secret key."""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, update

from portal.actions.unit import transaction
from portal.cli import files
from portal.config import Settings
from portal.extensions import db
from portal.models import FILED, Event
from portal.queries import schema

DATABASE, DUMP, SECRET = "comptoir.db", "comptoir.dump", "secret_key"
NAMED = "SELECT file, sha256 FROM %s"


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path))
@with_appcontext
def backup(target: Path | None) -> None:
    """Write everything to TARGET (default: var/backups/<time>.tar.gz) while people go on working."""
    settings: Settings = current_app.config["COMPTOIR"]
    if settings.sqlite_path and not settings.sqlite_path.exists():
        raise click.ClickException(f"There is no database yet at {settings.sqlite_path}.")
    target = target or settings.var / "backups" / f"{_stamp()}.tar.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as room:
        lost = _copy(settings, Path(room))
        if (settings.var / SECRET).exists():
            shutil.copy2(settings.var / SECRET, Path(room) / SECRET)
        _pack(Path(room), target)
    if lost:
        click.echo(f"{len(lost)} files are missing or damaged, and not in it: see `comptoir check`.", err=True)
    click.echo(f"Backup written: {target} ({target.stat().st_size:,} bytes)")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what is there.")
@with_appcontext
def restore(source: Path, yes: bool) -> None:
    """Put a backup in the place of the present data. Stop the server first."""
    settings: Settings = current_app.config["COMPTOIR"]
    if not yes and _is_filled(settings):
        kept = "it is kept beside the new one" if settings.sqlite_path else "what is in it is lost"
        raise click.ClickException(f"There is a database already. Add --yes to replace it; {kept}.")
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.var) as room:
        _unpack(source, Path(room))
        _put_database(settings, Path(room))
        files.put_back(Path(room), settings.var, f"{files.FOLDER}.before-restore-{_stamp()}")
        if (Path(room) / SECRET).exists():
            os.replace(Path(room) / SECRET, settings.var / SECRET)
            (settings.var / SECRET).chmod(0o600)
    click.echo("Restored. Run `comptoir migrate`, then `comptoir run`.")


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def _is_filled(settings: Settings) -> bool:
    return settings.sqlite_path.exists() if settings.sqlite_path else schema.revision() is not None


def _unpack(source: Path, room: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(room, filter="data")
        whole = files.are_whole(room)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise click.ClickException(f"{source} is not a backup, or not a whole one.") from error
    if not whole:
        raise click.ClickException(f"{source} is not a whole backup: files in it are missing or damaged.")


def _copy(settings: Settings, room: Path) -> set[str]:
    """Copy the database, then its files; gives those of them that are lost.

    One that was replaced between the two is gone, and the copy still names it: then both are copied anew,
    until nothing else is missing than the time before, which is lost for good.
    """
    before: set[str] | None = None
    while True:
        lost = files.copy(_copy_database(settings, room), room)
        if not lost or lost == before:
            return lost
        before = lost


def _copy_database(settings: Settings, room: Path) -> dict[str, str]:
    """A consistent copy: SQLite's online backup, or pg_dump. Gives {file: SHA-256} of the files that it names."""
    if settings.sqlite_path is None:
        return _dump_postgresql(settings, room / DUMP)
    (room / DATABASE).unlink(missing_ok=True)
    source, copy = (
        sqlite3.connect(settings.sqlite_path),
        sqlite3.connect(room / DATABASE),
    )
    try:
        source.backup(copy)
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise click.ClickException("The copy did not pass its integrity check; the backup was not written.")
        there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name: sum_ for query in _naming(there) for name, sum_ in copy.execute(query)}
    finally:
        source.close()
        copy.close()


def _naming(tables: Collection[str]) -> list[str]:
    """What asks for the names and sums of files, in a database that may be of an earlier version."""
    return [NAMED % noun.__tablename__ for noun in FILED if noun.__tablename__ in tables]


def _dump_postgresql(settings: Settings, dump: Path) -> dict[str, str]:
    """The dump and the names of its files are of one and the same moment."""
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as link:
        moment = link.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        there = set(inspect(link).get_table_names())
        named = [(name, sha256) for query in _naming(there) for name, sha256 in link.exec_driver_sql(query)]
        _run("pg_dump", "--format=custom", f"--snapshot={moment}", f"--file={dump}", _plain_url(settings))
    return dict(named)


def _put_database(settings: Settings, room: Path) -> None:
    """The present file is moved aside, not deleted."""
    if settings.sqlite_path is None:
        _fill_postgresql(settings, room / DUMP)
        return
    if not (room / DATABASE).exists():
        raise click.ClickException("This backup is of a PostgreSQL installation.")
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    aside = f"{settings.sqlite_path}.before-restore-{_stamp()}"
    for suffix in ("", "-wal", "-shm"):
        present = Path(f"{settings.sqlite_path}{suffix}")
        if present.exists():
            os.replace(present, f"{aside}{suffix}")
    os.replace(room / DATABASE, settings.sqlite_path)


def _fill_postgresql(settings: Settings, dump: Path) -> None:
    """All of it or nothing. Events take the number of a transaction of this server, which counts its own."""
    if not dump.exists():
        raise click.ClickException("This backup is of a SQLite installation.")
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
    _run("pg_restore", *options, f"--dbname={_plain_url(settings)}", str(dump))
    with transaction():
        # Those of the other server may lie ahead of this one's, and would be told as news when it gets there.
        db.session.execute(update(Event).values(xid=0))


def _pack(room: Path, target: Path) -> None:
    """Write beside the target and rename, so that half a backup never has its name; only its owner reads it."""
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.touch(0o600)
    with tarfile.open(unfinished, "w:gz") as archive:
        for file in sorted(room.iterdir()):
            archive.add(file, arcname=file.name)
    os.replace(unfinished, target)


def _plain_url(settings: Settings) -> str:
    return settings.database_url.replace("postgresql+psycopg://", "postgresql://")


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError as error:
        raise click.ClickException(f"{command[0]} is needed: install PostgreSQL's client programs.") from error
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"{command[0]} failed with code {error.returncode}.") from error
