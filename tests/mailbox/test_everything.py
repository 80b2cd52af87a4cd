"""RELIABILITY M1: whatever comes in, it ends in exactly one place, its bytes are kept, and it takes little time.

With COMPTOIR_MAILS set, all files of that folder are tried, too.
"""

import os
import random
import resource
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.actions import incoming, pictures
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.mime import parse
from portal.mailbox.processing import work
from portal.models import Address, File, Incoming, Message, Original
from portal.queries import pictures as stored
from portal.storage import storage
from tests.kernel.mime.samples import everything
from tests.mailbox.desk import CAREFUL, OFFICE, bound, letter, settle
from tests.mailbox.test_replies import with_files
from tests.promises import Figure, rounds
from tests.world import World

MOST, ROOM = 2.0, 200  # seconds and MB that one mail may take
LARGE = 50 * 1024 * 1024


def _mails() -> list[bytes]:
    given = os.environ.get("COMPTOIR_MAILS")
    more = [path.read_bytes() for path in sorted(Path(given).rglob("*")) if path.is_file()] if given else []
    return everything() + more


def _mutants(raw: bytes, chance: random.Random, many: int) -> list[bytes]:
    """What becomes of a mail on a bad way."""
    lines = raw.replace(b"\r\n", b"\n")
    found = [
        lines, lines.replace(b"\n", b"\r"), raw.replace(b"\r\n\r\n", b"\r\n"), raw + raw,
        raw.partition(b"\n")[0] * 2 + b"\n" + raw, b"From: mallory@example.net\r\n" + raw, raw.upper(), raw[::-1],
        raw.replace(b" ", b"\x00"), raw.replace(b"boundary", b"bound"), raw.replace(b"=", b"=="),
    ]  # fmt: skip
    for _ in range(2):
        found.append(raw[: chance.randrange(len(raw) + 1)])
        place = chance.randrange(len(raw) + 1)
        found.append(raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :])
        found.append(raw[:place] + chance.randbytes(50) + raw[place:])
    return chance.sample(found, min(many, len(found)))


def _are_hers(world: World, mails: list[bytes]) -> None:
    """Marie has every address that somebody writes from, so that what can be posted is."""
    authors = {mail.author.email.lower() for mail in map(parse, mails) if mail.author and mail.author.email.isascii()}
    with transaction():
        known = set(db.session.scalars(select(Address.email)))
        her = world.person_id("marie")
        db.session.add_all(Address(person_id=her, email=email) for email in authors - known if len(email) < 255)


@pytest.mark.timeout(1800)
@pytest.mark.promise("M1")
def test_every_mail_and_every_mutant_ends_in_one_place_byte_for_byte(world: World, figure: Figure) -> None:
    chance, mails = random.Random(5), _mails()
    if not os.environ.get("COMPTOIR_MAILS"):
        mails = chance.sample(mails, rounds(60, len(mails)))
    given = [raw for mail in mails for raw in (mail, *_mutants(mail, chance, rounds(2, 17)))]
    _are_hers(world, mails)
    to, kept, slowest = bound(world, "marie"), {}, 0.0
    for number, raw in enumerate(given):
        kept[incoming.take(raw, "pipe", recipients=[to] if number % 2 else [])] = raw
        began = time.process_time()
        while work((OFFICE, CAREFUL)[number % 3 == 0]):
            pass
        slowest = max(slowest, time.process_time() - began)  # the work itself, however busy the machine is
    db.session.rollback()
    rows = db.session.scalars(select(Incoming)).all()
    assert {row.public_id for row in rows} == set(kept)
    for row in rows:
        assert row.fate != "new"
        assert (row.fate == "posted") == (row.message_id is not None)
        with storage().open(row.file) as file:
            assert file.read() == kept[row.public_id]
    fates = Counter(row.fate for row in rows)
    said = db.session.scalar(select(func.count()).select_from(Message).where(Message.origin == "mail"))
    originals = db.session.scalar(select(func.count()).select_from(Original))
    assert said == originals == fates["posted"]
    assert not [row for row in rows if row.reason == "broken"]
    assert slowest < MOST
    figure(f"{len(given)} mails and mutants: 0 lost, slowest {slowest:.2f} s, {dict(sorted(fates.items()))}")


@pytest.mark.promise("M1")
def test_a_mail_of_fifty_megabytes_takes_little_time_and_memory(world: World, figure: Figure) -> None:
    to = bound(world, "marie")
    head = letter(to, body="See the film.").replace(
        b"Content-Type: text/plain", b'Content-Type: multipart/mixed; boundary="b"', 1
    )
    head = head.partition(b"\r\n\r\n")[0].replace(b"Content-Transfer-Encoding: 7bit\r\n", b"")
    part = b'\r\n--b\r\nContent-Type: video/mp4; name="film.mp4"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    raw = head + b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the film.\r\n" + part
    raw += (b"QUJD" * 19 + b"\r\n") * ((LARGE - len(raw) - 20) // 78) + b"--b--\r\n"
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    incoming.take(raw, "listener", recipients=[to])
    settle()
    took, room = time.monotonic() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    db.session.rollback()
    assert db.session.scalars(select(Incoming.fate)).one() == "posted"
    assert db.session.scalars(select(File.size)).one() > 35_000_000
    assert room < ROOM, "beside the mail itself"
    figure(f"{len(raw) // 2**20} MB in {took:.1f} s with {room} MB more")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\n",
        b"\r\n\r\n",
        b"From: ",
        b"\xff" * 1000,
        b"From: a@b.c\r\n\r\n\x00",
        b"Subject: x\x00y\r\n\r\nz",
    ],
    ids=repr,
)
def test_next_to_nothing_is_a_mail_too(world: World, raw: bytes) -> None:
    key = incoming.take(raw, "pipe", recipients=[bound(world, "marie"), "\x00\ud800@x"], sender="\x00\udfff")
    settle()
    db.session.rollback()
    row = db.session.scalars(select(Incoming).where(Incoming.public_id == key)).one()
    assert row.fate in {"held", "unknown"}
    with storage().open(row.file) as file:
        assert file.read() == raw


def test_the_sweep_and_the_check_know_what_is_kept(world: World) -> None:

    incoming.take(with_files(bound(world, "marie"), "See it.", ("plan.pdf", b"%PDF")), "pipe")
    settle()
    orphan = storage().put(b"nobody's")
    assert pictures.sweep(older=-60) == 1
    assert not storage().exists(orphan.name)
    assert stored.lost() == 0
    file = db.session.scalars(select(File.file)).one()
    assert storage().exists(file)
    storage().delete(file)
    assert stored.lost() == 1
