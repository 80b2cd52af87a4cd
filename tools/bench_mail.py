"""Mails per second through the inbound door: LMTP in, kept on disk, worked on, and posted (bin/bench mail).

One installation on SQLite in a folder of its own; so many senders hand mails over while the duty of a worker works.
"""

import argparse
import os
import smtplib
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from portal import create_app, worker
from portal.actions.unit import transaction
from portal.cli.data import bring_up_to_date, move_in
from portal.config import Settings
from portal.extensions import db
from portal.kernel.tokens import new_id
from portal.mailbox import listener
from portal.mailbox.processing import Office, work
from portal.mailer.house import House
from portal.models import Account, Address, Conversation, Face, Incoming, Mail, Message, Participation, Person, State

PORT = 8925
HEAD = "From: {sender}\r\nTo: {to}\r\nMessage-ID: <{key}@bench.example>\r\nSubject: Re\r\n\r\n"
LETTER = HEAD + "{words}\r\n\r\n{quoted}\r\n"
WORDS = "Thank you, that suits me well. I shall bring the plans on Tuesday."
QUOTED = "Le lundi 16 novembre 2026, le cabinet a écrit :\r\n" + "> Bonjour, voici les plans.\r\n" * 20


def main() -> None:
    """Measure, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--senders", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as folder:
        app = _installation(Path(folder))
        letters = _letters(app, asked.mails)
        desk = listener.listen(app)
        duty = worker.Worker(app, {"mailbox": lambda: work(Office.of(app.config["COMPTOIR"]))}).start()
        began = time.monotonic()
        _send(letters, asked.senders)
        taken = time.monotonic() - began
        posted = _wait(app, asked.mails)
        took = time.monotonic() - began
        duty.stop()
        desk.stop()
    print(f"{asked.mails} mails, {asked.senders} senders: {asked.mails / taken:.0f} a second taken, ", end="")
    print(f"{posted / took:.0f} a second posted ({posted} of {asked.mails})")


def _installation(folder: Path) -> Flask:
    os.environ["COMPTOIR_LOG_LEVEL"] = "ERROR"
    settings = {"VAR": str(folder), "MAIL_LISTEN": f"lmtp://127.0.0.1:{PORT}", "REPLY_ADDRESS": "reply@bench.example"}
    app = create_app(Settings.load({f"COMPTOIR_{name}": value for name, value in settings.items()}))
    with app.app_context():
        bring_up_to_date()
        move_in(if_empty=True)
    return app


def _letters(app: Flask, many: int) -> list[tuple[str, str, bytes]]:
    """(From, to, the mail) of answers by clients to mails that told them of their discussions."""
    found = []
    with app.app_context():
        house = House.of(app.config["COMPTOIR"])
        query = (
            select(Participation.person_id, Participation.conversation_id, Address.email)
            .join(Person, Person.id == Participation.person_id)
            .join(Account, Account.person_id == Person.id)
            .join(Address, Address.person_id == Person.id)
            .join(Conversation, Conversation.id == Participation.conversation_id)
            .where(Person.face == Face.CLIENT, Participation.left_at.is_(None), Account.state == State.ACTIVE)
        )
        stays = [tuple(row) for row in db.session.execute(query)]
        with transaction():
            for number in range(many):
                person, conversation, email = stays[number % len(stays)]
                key = new_id()
                about = {"person_id": person, "conversation_id": conversation, "reply": house.reply(key)}
                db.session.add(Mail(public_id=key, kind="notice", email=email, state="sent", **about))
                to = house.answered_at(key)
                raw = LETTER.format(sender=email, to=to, key=key, words=WORDS, quoted=QUOTED)
                found.append((email, to, raw.encode()))
        db.session.remove()
    return found


def _send(letters: list[tuple[str, str, bytes]], senders: int) -> None:
    mine = threading.local()

    def send(one: tuple[str, str, bytes]) -> None:
        if not hasattr(mine, "link"):
            mine.link = smtplib.LMTP("127.0.0.1", PORT)
        mine.link.sendmail(one[0], [one[1]], one[2])

    with ThreadPoolExecutor(senders) as hands:
        list(hands.map(send, letters))


def _wait(app: Flask, many: int) -> int:
    """Until all are in their places; how many became messages."""
    with app.app_context():
        while True:
            db.session.rollback()
            left = db.session.scalar(select(func.count()).select_from(Incoming).where(Incoming.fate == "new"))
            if not left:
                said = select(func.count()).select_from(Message).where(Message.origin == "mail")
                found = db.session.scalar(said) or 0
                db.session.remove()
                return found
            time.sleep(0.1)


if __name__ == "__main__":
    main()
