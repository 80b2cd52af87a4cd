"""Machines are known by their headers first; no person is taken for one (M3)."""

import pytest

from portal.kernel.mime import automatic, bounce, parse
from tests.kernel.mime.samples import names, raw
from tests.promises import Figure


@pytest.mark.parametrize("name", names("automatic"))
def test_a_mail_that_a_machine_wrote_is_automatic(name: str) -> None:
    assert automatic(parse(raw("automatic", name))) == name.partition("--")[0]


@pytest.mark.parametrize("name", names("bounces"))
def test_a_delivery_report_is_automatic(name: str) -> None:
    assert automatic(parse(raw("bounces", name)))


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder in ("human", "replies") for name in names(folder)]
)
def test_a_mail_that_a_person_wrote_is_not(folder: str, name: str) -> None:
    mail = parse(raw(folder, name))
    assert automatic(mail) is None
    assert bounce(mail) is None


@pytest.mark.parametrize(
    "name", [name for name in names("automatic") if not name.startswith(("out", "report", "null"))]
)
def test_without_its_header_the_same_mail_is_a_person_s(name: str) -> None:
    """It is the header that was seen, and not the words."""
    head, _, body = raw("automatic", name).partition(b"MIME-Version")
    kept = [
        line for line in head.split(b"\r\n") if line.startswith((b"From", b"To", b"Subject", b"Message-ID", b"In-"))
    ]
    assert automatic(parse(b"\r\n".join(kept) + b"\r\nMIME-Version" + body)) is None


@pytest.mark.promise("M3")
def test_how_many_are_told_apart(figure: Figure) -> None:
    machines = [raw(folder, name) for folder in ("automatic", "bounces") for name in names(folder)]
    people = [raw(folder, name) for folder in ("human", "replies") for name in names(folder)]
    missed = sum(automatic(parse(mail)) is None for mail in machines)
    held = sum(automatic(parse(mail)) is not None for mail in people)
    figure(f"{missed} of {len(machines)} automatic mails taken for a person's, {held} of {len(people)} the other way")
    assert (missed, held) == (0, 0)
