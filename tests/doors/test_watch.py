"""Each request has a line in the log and a name; both tell where, never who or what (SPEC O4)."""

import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import db
from tests.conftest import Stage, signed_in

NAMED = {"X-Request-Id": "from-the-proxy-1"}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """Every line about a request."""
    kept: list[logging.LogRecord] = []
    watch = logging.getLogger("portal.web.watch")
    caplog.set_level(logging.INFO, watch.name)  # by hand, what the logger remembers of its level would stay
    monkeypatch.setattr(watch, "handle", kept.append)
    return kept


def test_a_request_is_named_by_its_rule(site: Flask, stage: Stage, lines: list[logging.LogRecord]) -> None:
    marie, permit = signed_in(site, stage, "marie"), stage.world.permit
    marie.get(f"/discussions/{permit}?q=SECRET")
    marie.get("/SECRET/SECRET")
    marie.open("/login", method="SECRET")
    site.test_client().get("/login")
    told = [(line.method, line.rule, line.status, hasattr(line, "person")) for line in lines]  # type: ignore[attr-defined]
    assert told == [
        ("GET", "/discussions/<key>", 200, True),
        ("GET", None, 404, True),
        ("OTHER", None, 404, True),
        ("GET", "/login", 200, False),
    ]
    assert lines[0].person != permit  # type: ignore[attr-defined]
    assert all(line.ms >= 0 for line in lines)  # type: ignore[attr-defined]
    assert lines[0].ms > 1, "it takes its time from the very beginning"  # type: ignore[attr-defined]


def test_files_and_probes_that_go_well_are_not_told_one_by_one(site: Flask, lines: list[logging.LogRecord]) -> None:
    browser = site.test_client()
    for path in ("/static/css/base.css", "/health/live", "/health/ready"):
        assert browser.get(path).status_code == 200
    assert lines == []
    for path in ("/static/css/nothing.css", "/metrics"):
        assert browser.get(path).status_code == 404
    assert len(lines) == 2


def test_what_went_wrong_carries_the_name_of_its_lines(
    site: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For who asks what it was. Other answers carry none: they are the same byte for byte."""
    seen: list[str] = []
    monkeypatch.setattr("portal.kernel.logs.about", seen.append)
    browser = site.test_client()
    for path in ("/login", "/nowhere"):
        assert "X-Request-Id" not in browser.get(path).headers
    with site.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE firm RENAME TO lost")
    answer = browser.get("/login", headers=NAMED)
    assert answer.status_code == 503
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert seen[-2:] == [answer.headers["X-Request-Id"], ""], "the thread that goes on to others forgets it"
    assert len(set(seen)) == 4, "each has one of its own"


@pytest.mark.parametrize("given", ["from-the-proxy-1", "x", "a b c d e f g", "é" * 9, "a" * 65, '"} {"level":"x'])
def test_a_name_is_taken_from_a_trusted_proxy_and_well_formed(
    theatre: Callable[..., Flask], given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr("portal.kernel.logs.about", seen.append)
    for proxies in ("0", "1"):
        theatre(TRUSTED_PROXIES=proxies).test_client().get(
            "/login", headers={"X-Request-Id": given.encode().decode("latin-1")}
        )
        assert (seen[-2] == given) == (proxies == "1" and given == "from-the-proxy-1")
