"""`comptoir worker` and `comptoir mail …`: apart from the web process, mail goes out comes in, and is tried out."""

import os
import signal
import sys
import threading
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from portal import worker as duties
from portal.actions import incoming
from portal.cli.data import require_schema
from portal.config import PREFIX, Settings
from portal.extensions import application
from portal.kernel.errors import TooLarge
from portal.kernel.mime.parsing import SIZE
from portal.mailbox import listener
from portal.mailer import trial
from portal.mailer.transport import Deferred, Refused, transport


@click.command()
@with_appcontext
def worker() -> None:
    """Do what is due (mails, for now), in a process of its own, until it is told to end."""
    settings: Settings = current_app.config["COMPTOIR"]
    require_schema()
    if settings.worker == "embedded":
        click.echo(f"The web process does so, too; {PREFIX}WORKER=apart would leave it to this one.")
    running = duties.set_to_work(application())
    over = _told_to_end()
    click.echo("The worker is at work.")
    over.wait()
    running.stop()


def _told_to_end() -> threading.Event:
    """Set when this process is told to end."""
    over = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for how in (signal.SIGTERM, signal.SIGINT):
        signal.signal(how, end)
    return over


@click.group()
def mail() -> None:
    """Mail: take it in, and try out the way out."""


@mail.command()
@with_appcontext
def listen() -> None:
    """Take mail by LMTP or SMTP where COMPTOIR_MAIL_LISTEN says, in a process of its own, until it is told to end."""
    settings: Settings = current_app.config["COMPTOIR"]
    if not settings.mail_listen or not settings.reply_address:
        raise click.ClickException(f"Set {PREFIX}MAIL_LISTEN and {PREFIX}REPLY_ADDRESS.")
    require_schema()
    try:
        listening = listener.listen(application())
    except OSError as error:
        raise click.ClickException(f"{settings.mail_listen} cannot be listened at: {error.strerror}") from error
    over = _told_to_end()
    click.echo(f"Mail for {settings.reply_address} is taken at {settings.mail_listen}.")
    over.wait()
    listening.stop()


@mail.command()
@click.option("--to", multiple=True, help="The address it came to, as the mail server knows it.")
@click.option("--from", "sender", default="", help="The sender of its envelope; <> for none.")
@with_appcontext
def receive(to: tuple[str, ...], sender: str) -> None:
    """Take one mail from standard input. Ends with 75 (EX_TEMPFAIL) when it could not be kept, to be brought again."""
    raw = sys.stdin.buffer.read(SIZE + 1)
    try:
        for address in to or ("",):
            incoming.take(raw, "pipe", sender=sender, recipients=[address] if address else [])
    except TooLarge:
        click.echo("This mail is too large.", err=True)
        sys.exit(os.EX_DATAERR)
    except Exception as error:
        click.echo(f"This mail could not be kept: {type(error).__name__}", err=True)
        sys.exit(os.EX_TEMPFAIL)


@mail.command("test")
@click.argument("address")
def test_mail(address: str) -> None:
    """Send one mail to ADDRESS, now, and say what the mail server said."""
    settings: Settings = current_app.config["COMPTOIR"]
    way, sender = transport(settings.smtp_url, settings.var), settings.sender
    try:
        with way.open() as line:
            line.send(trial.mail(sender, address), sender, address)
    except (Deferred, Refused) as error:
        raise click.ClickException(f"It was not taken: {error}") from error
    where = "The mail server took it." if settings.smtp_url else f"It lies in {settings.var / 'mail'}."
    click.echo(where)
