"""`comptoir run`: gunicorn by the committed configuration."""

import os
import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.cli.checks import require_safe
from portal.cli.data import require_schema
from portal.config import PREFIX, ROOT, SETTINGS, Settings


def _table() -> str:
    """The settings, for `--help`; click keeps the lines of a paragraph that begins with \b."""
    lines = (f"  {PREFIX}{name}={default}\n      {meaning}" for name, default, meaning in SETTINGS)
    return "\b\nSettings, from the environment:\n" + "\n".join(lines)


@click.command(epilog=_table())
@click.option("--bind", help="Where to listen, such as 127.0.0.1:8000; overrides COMPTOIR_BIND.")
@with_appcontext
def run(bind: str | None) -> None:
    """Serve the console and the portal."""
    settings: Settings = current_app.config["COMPTOIR"]
    require_schema()
    require_safe(settings)
    address = bind or settings.bind
    click.echo(f"Portal:   {settings.public_url or f'http://{address}'}/")
    click.echo(f"Console:  {settings.public_url or f'http://{address}'}/console/")
    os.environ["COMPTOIR_BIND"] = address
    os.chdir(ROOT)
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:portal.gunicorn_conf",
            "app:app",
        ],
    )
