"""`comptoir run`: gunicorn by the committed configuration, in this very process."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo

from portal.actions import pictures
from portal.cli.data import bring_up_to_date, move_in, require_schema
from portal.config import PREFIX, ROOT, SETTINGS, Settings
from portal.extensions import db
from portal.web import safety


def _table() -> str:
    """The settings, for `--help`; click keeps the lines of a paragraph that begins with \b."""
    lines = (f"  {PREFIX}{name}={default}\n      {meaning}" for name, default, meaning in SETTINGS)
    return "\b\nSettings, from the environment:\n" + "\n".join(lines)


@click.command(epilog=_table())
@click.option("--bind", help="Where to listen, such as 127.0.0.1:8000; overrides COMPTOIR_BIND.")
@click.option(
    "--demo", is_flag=True, help="Before, bring the database up to date, and fill an empty one with the demo."
)
@click.pass_context
def run(context: click.Context, bind: str | None, demo: bool) -> None:
    """Serve the console and the portal."""
    app = context.ensure_object(ScriptInfo).load_app()
    with app.app_context():
        settings = _ready(app, bind, demo)
        # The server's processes make their own: no connection survives a fork.
        db.session.remove()
        db.engine.dispose()
    where = settings.public_url or f"http://{settings.bind}"
    click.echo(f"Portal:   {where}/\nConsole:  {where}/console/")
    if settings.shows_mails:
        click.echo(f"Mails:    {where}/demo/mails (none are sent)")
    _serve(settings.bind)


def _ready(app: Flask, bind: str | None, demo: bool) -> Settings:
    """The settings to serve by, once the database and they allow it."""
    settings: Settings = current_app.config["COMPTOIR"]
    app.config["COMPTOIR"] = settings = replace(settings, bind=bind or settings.bind)
    try:
        safety.require(app)
    except safety.Unsafe as error:
        raise click.ClickException(str(error)) from error
    if demo:
        _fill(settings)
    require_schema()
    pictures.sweep()
    return settings


def _fill(settings: Settings) -> None:
    if settings.in_production:
        raise click.ClickException("The demo's people have a password that everybody knows. Run without --demo.")
    bring_up_to_date()
    move_in(if_empty=True)


def _serve(bind: str) -> None:
    """Become gunicorn, outside of any application's context: what has been loaded need not be loaded again.

    The arguments are those with which gunicorn starts itself anew (USR2).
    """
    from gunicorn.app.wsgiapp import run as serve

    os.environ["COMPTOIR_BIND"] = bind
    os.chdir(ROOT)
    program = str(Path(sys.executable).with_name("gunicorn"))
    sys.argv = [program, "-c", "python:portal.gunicorn_conf", "portal:create_app()"]
    sys.stdout.flush()
    serve()
