"""Commands about what is in the database: schema, demo, the first owner."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from portal.actions import people
from portal.config import Settings
from portal.kernel.errors import NotFound, Refusal
from portal.queries import schema
from portal.web.errors import text_of


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to this version's schema, making it where there is none."""
    bring_up_to_date()
    click.echo("The database is up to date.")


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing where there is a firm already.")
@with_appcontext
def demo(if_empty: bool) -> None:
    """Fill an empty database with a firm at work."""
    require_schema()
    move_in(if_empty)


def move_in(if_empty: bool) -> None:
    """Have the demo's firm move in, and say who to sign in as."""
    from portal.cli import demo as story

    if if_empty and not story.is_empty():
        click.echo(story.ways_in())
        return
    click.echo("Writing three months of a firm at work …")
    try:
        summary = story.fill()
    except Refusal as refusal:
        raise click.ClickException(text_of(refusal)) from refusal
    click.echo(str(summary))


@click.command("create-owner")
@click.option("--firm", prompt="Name of the firm")
@click.option("--brand", prompt="Name of its first brand")
@click.option("--name", prompt="Your name")
@click.option("--email", prompt="Your e-mail address")
@click.option("--language", default="en", type=click.Choice(["en", "fr"]), show_default=True)
@click.option("--time-zone", default="UTC", show_default=True)
@click.password_option()
@with_appcontext
def create_owner(**answers: str) -> None:
    """Create the firm, its first brand and its owner, as the first page does."""
    require_schema()
    try:
        people.found(**answers)
    except NotFound as there:
        raise click.ClickException("There is a firm already. Its owner and admins invite everybody else.") from there
    except Refusal as refusal:
        raise click.ClickException(text_of(refusal)) from refusal
    click.echo("Done. Sign in with that address.")


def bring_up_to_date() -> None:
    """Bring the database to this version's schema, making it where there is none."""
    _make_room()
    refuse_newer()
    if schema.revision() != schema.head():
        upgrade()


def require_schema() -> None:
    """Stop with a clear word where the schema is not this version's."""
    _make_room()
    refuse_newer()
    if schema.revision() != schema.head():
        raise click.ClickException("The database is not up to date. Run `comptoir migrate` first.")


def refuse_newer() -> None:
    """Stop where the database is newer than the program, which would not know what it writes."""
    if schema.is_newer():
        raise click.ClickException("The database was made by a newer version of Comptoir. Update the program instead.")


def _make_room() -> None:
    """The directory of a new SQLite file, closed to the machine's other users: SQLite's own files are not."""
    settings: Settings = current_app.config["COMPTOIR"]
    if settings.sqlite_path:
        Path(settings.sqlite_path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
