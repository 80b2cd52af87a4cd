"""What may stand in the log, and what is taken out of it (SPEC O4)."""

import errno
import io
import json
import logging
import sqlite3
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given, strategies as st
from jinja2 import Environment, StrictUndefined
from sqlalchemy.exc import OperationalError

from portal.kernel import blank, logs
from portal.kernel.errors import Invalid


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What this process logs, as a server would have it; everything is put back afterwards."""
    for place, name in ((threading, "excepthook"), (sys, "unraisablehook"), (warnings, "showwarning")):
        monkeypatch.setattr(place, name, getattr(place, name))
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.Logger.manager.loggerDict)]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    logs.configure("INFO", stream := io.StringIO())
    yield stream
    for logger, level, handlers in before:
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.mark.parametrize(
    "said",
    [
        "marie@example.com", "<marie.d+x@mail.example.co.uk>", "203.0.113.9", "2001:db8::8a2e:370:7334", "::1",
        "https://portal.example.com/invitations/x", "postgresql://comptoir:word@db/x", "/login?next=/x",
        "eyJfdXNlcl9pZCI6.awGAJw.C1BH2T48PrPgOdq", "ld56dnbhtxmuf2ctwqxabcdefg", "0123456789abcdef0123",
    ],
)  # fmt: skip
def test_what_could_be_somebody_s_is_taken_out(said: str) -> None:
    for around in ("{}", "for {} now", "({})", "'{}'", "to={},"):
        told = blank.words(around.format(said))
        assert said not in told
        assert blank.MARK in told


@pytest.mark.parametrize(
    "said",
    ["the database did not answer", "event 15 of kind message.posted was not told", "no such table: message",
     "Using worker: portal.server.Worker", "Worker exiting (pid: 24473)", "a UserWarning from x.py, line 68"],
)  # fmt: skip
def test_our_own_words_stay(said: str) -> None:
    assert blank.words(said) == said


def test_an_exception_is_told_by_its_kind_and_place() -> None:
    """Where it says what is wrong with the program, by its words too."""
    told = blank.traceback(_raised(lambda: int("SEC" + "RET")))
    assert told.startswith("Traceback (most recent call last):\n  File ")
    assert told.endswith("\nValueError")
    for error, words in (
        (TypeError("expected str, not int"), "TypeError: expected str, not int"),
        (KeyError("SECRET"), "KeyError"),
        (OSError(errno.ENOSPC, "SECRET", "/home/SECRET"), "OSError: ENOSPC"),
        (Invalid("bad_token"), "Invalid: bad_token"),
        (sqlite3.OperationalError("no such table: message"), "OperationalError: no such table: message"),
        (OperationalError("SELECT 'SECRET'", {"x": "SECRET"}, Exception('near "SECRET"')), "OperationalError: "),
        (UnicodeDecodeError("utf-8", b"SECRET", 0, 1, "SECRET"), "UnicodeDecodeError"),
    ):
        assert blank.exception(error).startswith(words)
        assert "SECRET" not in blank.exception(error)


def test_a_template_that_breaks_does_not_quote_what_it_was_given() -> None:
    template, word = (
        Environment(undefined=StrictUndefined, autoescape=True).from_string("{{ row[key] }}"),
        "SEC" + "RET",
    )
    error = _raised(lambda: template.render(row={}, key=word))
    assert word in str(error)
    assert "UndefinedError" in blank.traceback(error)
    assert word not in blank.traceback(error)


def test_exceptions_that_name_each_other_come_to_an_end() -> None:
    first, second = ValueError("SECRET"), KeyError("SECRET")
    first.__cause__, second.__cause__ = second, first
    told = blank.traceback(first)
    assert told.count("Traceback") == 2
    assert "SECRET" not in told


@given(st.text(max_size=80))
def test_no_value_of_a_stranger_s_line_is_told(word: str) -> None:
    """Whatever libraries put into their lines, in whichever way logging allows."""
    for template, values in (
        ("%s", (word,)), ("%r", (word,)), ("%(word)s", ({"word": word},)), ("a %s", (ValueError(word),)),
        ("%s", ([word],)), ("%s and %s", (word,)), ("%d", (word,)), (word, ()), ("%(other)s", ({"word": word},)),
    ):  # fmt: skip
        record = logging.LogRecord("some.library", logging.INFO, "library.py", 7, template, values, None)
        other = logging.LogRecord(
            "some.library", logging.INFO, "library.py", 7, template, values and _other(values), None
        )
        assert logs.said(record, record.args) == logs.said(other, other.args) or not values


def test_a_line_is_one_object_with_the_request_it_belongs_to(written: io.StringIO) -> None:
    logs.about("abc123")
    logging.getLogger("portal.web.watch").info("request", extra={"rule": "/login", "status": 200, "ms": 1.5, "x": 1})
    logs.about("")
    logging.getLogger("some.library").error("no %s\nat all, %d times", "SECRET\n", 3, extra={"rule": "SECRET"})
    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert first.pop("time").endswith("Z")
    assert first == {"level": "info", "event": "request", "logger": "portal.web.watch", "request": "abc123",
                     "status": 200, "ms": 1.5, "rule": "/login"}  # fmt: skip
    assert second["event"] == "no …\nat all, 3 times"
    assert "request" not in second
    assert "SECRET" not in written.getvalue()


def test_at_a_terminal_it_is_read_by_people(written: io.StringIO) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    logs.configure("INFO", screen := Terminal())
    error = _raised(lambda: int("SEC" + "RET"))
    logging.getLogger("portal.x").warning("the tail could not read events", exc_info=error)
    assert "the tail could not read events" in screen.getvalue()
    assert "Traceback (most recent call last):\n" in screen.getvalue()
    assert "SECRET" not in screen.getvalue()
    assert written.getvalue() == "", "each line comes out once"


def _other(values: tuple[object, ...]) -> tuple[object, ...]:
    """Values of the same kinds with another word."""
    swap = {str: "x", dict: {"word": "x"}, list: ["x"], ValueError: ValueError("x")}
    return tuple(swap[type(value)] for value in values)


def _raised(act: object) -> BaseException:
    try:
        act()  # type: ignore[operator]
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")
