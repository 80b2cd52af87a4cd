"""The command line: everything an administrator does. `comptoir --help` lists it."""

import click
from flask import Flask
from flask.cli import FlaskGroup, NoAppException

from portal.cli import backup, bench, checks, data, mail, record, serving
from portal.config import BadSetting, Settings

COMMANDS = (
    serving.run,
    data.migrate,
    data.demo,
    data.create_owner,
    backup.backup,
    backup.restore,
    checks.check,
    mail.worker,
    mail.mail,
    record.export,
    record.erase,
    bench.bench_seed,
)


def install(app: Flask) -> None:
    """Hang the commands on the application."""
    for command in COMMANDS:
        app.cli.add_command(command)


def _app() -> Flask:
    from portal import create_app

    try:
        return create_app(Settings.load())
    except BadSetting as error:
        raise NoAppException(str(error)) from error


@click.group(
    cls=FlaskGroup,
    create_app=_app,
    add_default_commands=False,
    add_version_option=False,
)
def main() -> None:
    """Comptoir: the counter between a firm and its clients."""


# Known before there is an application, so that help is there when a setting is wrong.
for command in COMMANDS:
    main.add_command(command)
