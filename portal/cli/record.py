"""`comptoir export …` and `comptoir erase …`: the whole file of a discussion or a client, and the end of it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import access
from portal.access import Viewer
from portal.actions import erasing, exports as actions
from portal.cli.data import require_schema
from portal.config import Settings
from portal.kernel.errors import Refusal
from portal.queries import erasures, own_exports as queries
from portal.record import erasing as erasing_duty, exports as making
from portal.web.errors import text_of

AS = click.option("--as", "who", required=True, metavar="PERSON", help="The admin who asks, by their id; on record.")


@click.group()
def export() -> None:
    """The whole file as a ZIP with checksums."""


def _options(command: Any) -> Any:
    for option in (
        click.argument("key"),
        AS,
        click.option("--firm", is_flag=True, help="For the firm's file; else as the client sees it."),
        click.option("--notes", is_flag=True, help="With notes; for the firm's file alone."),
        click.option("--to", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The folder."),
    ):
        command = option(command)
    return command


@export.command("discussion")
@_options
@click.option("--client", "client_key", default="", help="As which client sees it, by their id.")
@with_appcontext
def export_discussion(**asked: Any) -> None:
    """Write the file of the discussion KEY, the id in its address."""
    _written(actions.ask_discussion, **asked)


@export.command("client")
@_options
@with_appcontext
def export_client(**asked: Any) -> None:
    """Write the file of the client KEY, with all discussions that they are or were in."""
    _written(actions.ask_client, **asked)


@click.group()
def erase() -> None:
    """Erase for good; a proof stays. Backups hold it until they are replaced."""


@erase.command("discussion")
@click.argument("key")
@AS
@with_appcontext
def erase_discussion(key: str, who: str) -> None:
    """Erase the discussion KEY."""
    _erased(erasing.ask_discussion, key, who, "Type the discussion's name to confirm")


@erase.command("client")
@click.argument("key")
@AS
@with_appcontext
def erase_client(key: str, who: str) -> None:
    """Erase the client KEY, with all that they said."""
    _erased(erasing.ask_client, key, who, "Type the client's name to confirm")


def _viewer(who: str) -> Viewer:
    require_schema()
    try:
        return access.as_person(who)
    except Refusal as refusal:
        raise click.ClickException("There is nobody active with that id.") from refusal


def _asked(ask: Callable[..., str], viewer: Viewer, key: str, **what: Any) -> str:
    try:
        return ask(viewer, key, **what)
    except Refusal as refusal:
        raise click.ClickException(text_of(refusal)) from refusal


def _written(ask: Callable[..., str], key: str, who: str, firm: bool, to: Path, **what: Any) -> None:
    settings: Settings = current_app.config["COMPTOIR"]
    viewer = _viewer(who)
    key = _asked(ask, viewer, key, contents="firm" if firm else "client", batch=True, **what)
    while queries.view(viewer, key).state == "queued" and making.make(settings.var):
        pass
    found = queries.view(viewer, key)
    if found.state != "ready":
        raise click.ClickException(f"It could not be made: {found.reason or 'another worker is at it'}.")
    path = to / f"{key}.zip"
    shutil.copyfile(making.path_of(settings.var, key), path)
    path.with_name(f"{path.name}.sha256").write_text(f"{found.sha256}  {path.name}\n")
    click.echo(f"{path}: {found.size} bytes, SHA-256 {found.sha256}")


def _erased(ask: Callable[..., str], key: str, who: str, prompt: str) -> None:
    viewer = _viewer(who)
    key = _asked(ask, viewer, key, typed=click.prompt(prompt))
    while erasures.proof(viewer, key).done_at is None and erasing_duty.work():
        pass
    proof = erasures.proof(viewer, key)
    done = "Done" if proof.done_at else "Begun; another worker ends it"
    click.echo(f"{done}. Messages {proof.messages}, files {proof.files}, e-mails {proof.mails}.")
    click.echo(f"Proof {proof.id}, end of its chain {proof.chain}")
