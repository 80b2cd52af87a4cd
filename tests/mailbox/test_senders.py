"""RELIABILITY M4: nobody writes for another. Who is not surely the mail's reader is held, and told so once."""

import pytest
from sqlalchemy import func, select

from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import mime
from portal.models import Address, Incoming
from tests.mailbox.desk import (
    CAREFUL,
    OFFICE,
    TO_NOBODY,
    answers,
    arrive,
    bound,
    fate,
    letter,
    nothing_said,
    posted,
)
from tests.promises import Figure
from tests.world import World

GOOD = "mx.example.com; dmarc=pass (p=reject) header.from=example.com"
OTHERS = {
    "somebody else": "mallory@example.net",
    "another participant": "hugo@example.com",
    "a look-alike of another alphabet": "mаrie@example.com",
    "a dotless i": "marıe@example.com",
    "a domain that ends alike": "marie@evilexample.com",
    "a domain that begins alike": "marie@example.com.evil.example",
    "a subaddress": "marie+x@example.com",
    "a name that is the address": '"marie@example.com" <mallory@example.net>',
    "a name in a comment": "(marie@example.com) mallory@example.net",
    "a comment behind": "mallory@example.net (marie@example.com)",
    "an encoded name": "=?utf-8?q?marie=40example=2Ecom?= <mallory@example.net>",
    "an encoded whole": "=?utf-8?q?Marie_=3Cmarie=40example=2Ecom=3E?= <mallory@example.net>",
    "two addresses": "marie@example.com, mallory@example.net",
    "two, the other way": "mallory@example.net, marie@example.com",
    "an address in brackets in brackets": "<marie@example.com> <mallory@example.net>",
    "a route": "<@example.com,@x:mallory@example.net>",
    "a group": "marie@example.com: mallory@example.net;",
    "a quoted local part": '"marie@example.com"@evil.example',
    "nothing": "",
    "no address": "Marie",
    "a null byte": "marie@example.com\x00mallory@example.net",
}
FORGED = {
    "no results": (),
    "failed": ("mx.example.com; dmarc=fail header.from=example.com; spf=pass smtp.mailfrom=example.com",),
    "of another domain": ("mx.example.com; dmarc=pass header.from=evil.example",),
    "of no domain": ("mx.example.com; dmarc=pass",),
    "another server's": (GOOD.replace("mx.example.com", "mx.evil.example"),),
    "a server that begins alike": (GOOD.replace("mx.example.com", "mx.example.com.evil.example"),),
    "below ours": ("mx.example.com; dmarc=fail header.from=example.com", GOOD),
    "in a comment": ("mx.example.com; (dmarc=pass header.from=example.com) spf=fail",),
    "in a quoted string": ('mx.example.com; spf=fail smtp.mailfrom="a; dmarc=pass header.from=example.com"@x.example',),
    "twice": ("mx.example.com; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com",),
    "twice, the other way": ("mx.example.com; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",),
    "an open quote": ('mx.example.com; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.com',),
    "an open comment": ("mx.example.com; spf=none (x; dmarc=pass header.from=example.com",),
    "signed by another": ("mx.example.com; dmarc=none; dkim=pass header.d=evil.example",),
    "signed by a child": ("mx.example.com; dmarc=none; dkim=pass header.d=evil.example.com",),
    "a path of another": ("mx.example.com; dmarc=none; spf=pass smtp.mailfrom=marie@evil.example",),
    "a path that failed": ("mx.example.com; dmarc=none; spf=fail smtp.mailfrom=marie@example.com",),
    "nothing was checked": ("mx.example.com; none",),
}
GENUINE = {
    "dmarc": (GOOD,),
    "capitals": ("MX.Example.COM 1; DMARC=Pass (p=none dis=none) header.from=Example.com",),
    "among others": ("mx.example.com; dkim=fail header.d=x.example; dmarc=pass header.from=example.com; spf=fail",),
    "above another's": (GOOD, "mx.evil.example; dmarc=fail header.from=example.com"),
    "a signature, where there is no record": ("mx.example.com; dmarc=none; dkim=pass header.d=example.com",),
    "a path, where there is no record": ("mx.example.com; dmarc=none; spf=pass smtp.mailfrom=marie@example.com",),
    "a signature of it": ("mx.example.com; dkim=pass (2048-bit key) header.i=@example.com header.s=a",),
}


@pytest.mark.promise("M4")
@pytest.mark.parametrize("sender", OTHERS.values(), ids=OTHERS)
def test_who_is_not_surely_the_reader_writes_nothing(world: World, sender: str) -> None:
    to = bound(world, "marie")
    raw = b"From: " + sender.encode() + b"\r\n" + letter(to).split(b"\r\n", 1)[1]
    with nothing_said():
        found, why = fate(raw)
    assert (found, why in {"sender", "unclear"}) == ("held", True)
    assert fate(letter(to)) == ("posted", ""), "and the reader is never held up by it"


@pytest.mark.promise("M4")
def test_two_from_headers_are_nobody(world: World) -> None:
    to = bound(world, "marie")
    for second in (b"From: mallory@example.net\r\n", b"From: marie@example.com\r\n", b"FROM: marie@example.com\r\n"):
        with nothing_said():
            assert fate(second + letter(to)) == ("held", "unclear")


@pytest.mark.promise("M4")
@pytest.mark.parametrize("results", FORGED.values(), ids=FORGED)
def test_what_ones_own_server_did_not_prove_is_held(world: World, results: tuple[str, ...]) -> None:
    with nothing_said():
        assert fate(_with(results, letter(bound(world, "marie"))), office=CAREFUL) == ("held", "unproved")


@pytest.mark.promise("M4")
@pytest.mark.parametrize("results", GENUINE.values(), ids=GENUINE)
def test_what_ones_own_server_proved_is_posted(world: World, results: tuple[str, ...]) -> None:
    assert fate(_with(results, letter(bound(world, "marie"))), office=CAREFUL) == ("posted", "")
    assert len(posted(world, "marie")) == 1


@pytest.mark.promise("M4")
def test_an_altered_or_foreign_reply_address_reaches_nobody(world: World, figure: Figure) -> None:
    to = bound(world, "marie")
    secret = to[6:32]
    tried = [
        TO_NOBODY,
        "reply@example.com",
        to.replace("example.com", "example.net"),
        f"reply+{secret[:-1]}@example.com",
    ]
    tried += [f"reply+{secret[:place]}{_other(secret[place])}{secret[place + 1 :]}@example.com" for place in range(26)]
    tried += [f"reply+{secret}x@example.com", f"reply-{secret}@example.com"]
    for address in tried:
        with nothing_said():
            assert fate(letter(address))[0] == "unknown", address
    assert fate(letter(to)) == ("posted", "")
    figure(f"{len(OTHERS) + 3} forged senders, {len(FORGED)} forged proofs, {len(tried)} altered addresses: 0 accepted")


def test_the_address_of_one_is_no_key_to_anothers_name(world: World) -> None:
    """Hugo got hold of the address at which Marie answers."""
    with nothing_said():
        assert fate(letter(bound(world, "marie"), "hugo@example.com")) == ("held", "sender")
    assert posted(world, "hugo") == []


def test_any_of_a_persons_addresses_is_theirs(world: World) -> None:
    with transaction():
        db.session.add(Address(person_id=world.person_id("marie"), email="m.delcourt@example.net"))
    assert fate(letter(bound(world, "marie"), "M. Delcourt <M.Delcourt@Example.net>")) == ("posted", "")


@pytest.mark.promise("M4")
@pytest.mark.parametrize(
    "sender", ["ka\u017fs@example.com", "\u212aass@example.com", "kaß@example.com", "kass@\u212a.example"]
)
def test_what_would_only_fold_into_an_address_is_another(world: World, sender: str) -> None:
    with transaction():
        her = world.person_id("marie")
        db.session.add_all(Address(person_id=her, email=email) for email in ("kass@example.com", "kass@k.example"))
    with nothing_said():
        assert fate(letter(bound(world, "marie")).replace(b"Marie <marie@example.com>", sender.encode()))[0] == "held"
    assert fate(letter(bound(world, "marie"), "KASS@example.com")) == ("posted", "")


def test_an_encoded_domain_is_the_domain_it_stands_for(world: World) -> None:
    with transaction():
        db.session.add(Address(person_id=world.person_id("marie"), email="marie@bücher.example"))
    assert fate(letter(bound(world, "marie"), "marie@xn--bcher-kva.example")) == ("posted", "")


def test_the_sender_of_a_held_mail_is_told_once_and_nothing_of_the_discussion(world: World) -> None:
    to = bound(world, "marie")
    for _ in range(3):
        arrive(letter(to, "Mallory <mallory@example.net>", subject="BUY THIS"))
    (told,) = answers()
    assert told.email == "mallory@example.net"
    for secret in ("Permit", "Marie", "Ines", "BUY", "plan", to):
        assert secret not in told.subject + told.text + told.html + str({**told.headers, "In-Reply-To": ""})


def test_nobody_gets_more_than_three_in_an_hour_whatever_they_are_told(world: World) -> None:
    to = bound(world, "marie")
    arrive(letter(to, "m@example.net"))
    arrive(letter(TO_NOBODY, "m@example.net"))
    with transaction():
        db.session.add(Address(person_id=world.person_id("marie"), email="m@example.net"))
    arrive(letter(to, "m@example.net", ""))
    arrive(letter(to, "m@example.net"), office=CAREFUL)
    assert len(answers()) == 3


def test_an_automatic_mail_is_never_told(world: World) -> None:
    arrive(letter(TO_NOBODY, "robot@example.net", Auto_Submitted="auto-generated"))
    arrive(letter(TO_NOBODY, "robot@example.net"), sender="<>")
    assert answers() == []
    assert set(db.session.scalars(select(Incoming.fate))) == {"automatic"}


def test_a_mail_that_says_it_is_from_us_is_not_answered(world: World) -> None:
    for sender in ("reply@example.com", TO_NOBODY, "portal@example.com"):
        arrive(letter(TO_NOBODY, sender))
    assert answers() == []


def test_mail_programs_change_the_case_of_an_address(world: World) -> None:
    to = bound(world, "marie")
    assert mime.secrets(OFFICE.house.reply_address, mime.parse(letter(to.upper())), ()) == (to[6:32],)
    assert db.session.scalar(select(func.count()).select_from(Incoming)) == 0


def _with(results: tuple[str, ...], raw: bytes) -> bytes:
    return b"".join(f"Authentication-Results: {value}\r\n".encode() for value in results) + raw


def _other(letter: str) -> str:
    return "a" if letter != "a" else "b"
