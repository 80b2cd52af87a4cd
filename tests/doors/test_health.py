"""Doors of whoever runs the machine: alive, ready, and its numbers (SPEC O4)."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.health import probes
from portal.health.probes import Readiness
from portal.kernel.meters import BOUNDS, COUNTED
from tests.conftest import Stage, signed_in
from tests.doors.steps import blank, sign_in

TOKEN = "operators-" + "7" * 30
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def ready(app: Flask) -> tuple[int, object]:
    """What the probe says at this moment."""
    answer = _answer(app)
    return answer.status_code, answer.json


def test_a_sound_machine_is_alive_and_ready(app: Flask) -> None:
    """On both databases."""
    assert app.test_client().get("/health/live").json == {"status": "alive"}
    assert ready(app) == (200, {"status": "ready"})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_probes_are_only_read(site: Flask, method: str) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert site.test_client().open(path, method=method).status_code == 404
    head = site.test_client().head("/health/ready")
    assert (head.status_code, head.data) == (200, b"")


def test_without_its_database_it_is_alive_and_not_ready(site: Flask) -> None:
    with site.app_context():
        file = Path(str(db.engine.url.database))
        db.engine.dispose()
    file.rename(file.with_suffix(".away"))
    file.mkdir()  # else SQLite would make a new one
    assert ready(site) == (503, {"status": "not ready", "missing": ["database"]})
    assert site.test_client().get("/health/live").status_code == 200
    file.rmdir()
    file.with_suffix(".away").rename(file)
    assert ready(site) == (200, {"status": "ready"}), "it heals by itself"


def test_with_another_version_s_schema_it_is_not_ready(site: Flask) -> None:
    with site.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert ready(site) == (503, {"status": "not ready", "missing": ["schema"]})


def test_with_a_full_disk_it_says_so_and_still_serves(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All can still be read: a balancer must not take that away as well."""
    monkeypatch.setattr(probes, "PIECE", 2**62)  # bytes that fit nowhere
    monkeypatch.setattr(probes, "bytes", lambda size: _raise(OSError(28, "full")), raising=False)
    assert ready(site) == (200, {"status": "degraded", "missing": ["disk"]})
    with site.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    site.extensions.pop("comptoir_readiness")
    answer = _answer(site)
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "missing": ["schema", "disk"]})
    assert int(answer.headers["Retry-After"]) >= 1


def test_what_is_missing_is_named_and_nothing_else_told(site: Flask, tmp_path: Path) -> None:
    """No path, no version, no word of the database's: a stranger asks."""
    with site.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    answer = _answer(site)
    assert answer.status_code == 503
    assert answer.text.strip() == '{"missing":["schema"],"status":"not ready"}'
    assert not {"Set-Cookie", "X-Powered-By", "ETag"} & set(answer.headers.keys())


def test_a_flood_of_probes_asks_the_database_once(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(probes, "_missing", lambda: asked.append(1) or ())
    site.extensions.pop("comptoir_readiness", None)
    browser = site.test_client()
    assert {browser.get("/health/ready").status_code for _ in range(50)} == {200}
    assert len(asked) == 1


def test_a_database_that_does_not_come_back_holds_up_one_probe_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others get what was found last, and after a while the word that somebody is stuck."""
    state = Readiness(lambda: ())
    assert state.missing() == ()
    state._lock.acquire()  # somebody looks, and does not come back
    moment = time.monotonic()
    monkeypatch.setattr(probes.time, "monotonic", lambda: moment + probes.FRESH + 1)
    assert state.missing() == ()
    monkeypatch.setattr(probes.time, "monotonic", lambda: moment + probes.STUCK + 1)
    assert state.missing() == ("database",)


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "evil.example", "[::1]"])
def test_a_load_balancer_asks_by_any_name(theatre: Callable[..., Flask], host: str) -> None:
    """They come to an address; everything else is answered by our own names alone."""
    app = theatre(PUBLIC_URL="https://portal.example.com", METRICS_TOKEN=TOKEN, TRUSTED_PROXIES="1")
    browser, asked = app.test_client(), {"Host": host, "X-Forwarded-Host": host}
    for path in ("/health/live", "/health/ready"):
        answer = browser.get(path, headers=asked)
        assert answer.status_code == 200
        assert host not in answer.text + str(answer.headers)
    assert browser.get("/metrics", headers=asked | BEARER).status_code == 200
    for path in ("/login", "/health", "/health/live/", "/metrics/", "//health/live", "/static/css/base.css"):
        assert browser.get(path, headers=asked).status_code == 400, path


def test_numbers_are_for_who_has_the_token(theatre: Callable[..., Flask], stage: Stage) -> None:
    app = theatre(METRICS_TOKEN=TOKEN)
    assert app.test_client().get("/metrics", headers=BEARER).status_code == 200
    nobody = app.test_client().get("/nowhere")
    for given in ("", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"bearer {TOKEN}", TOKEN,
                  f"Basic {TOKEN}", "Bearer \xe9", f"Bearer {TOKEN}, Bearer {TOKEN}"):  # fmt: skip
        for name in (None, "olga", "marie"):
            answer = signed_in(app, stage, name).get("/metrics", headers={"Authorization": given})
            assert answer.status_code == 404, (given, name)
    refused = app.test_client().get("/metrics")
    assert blank(refused.text, "/metrics") == blank(nobody.text, "/nowhere"), "nobody learns whether there is one"


def test_without_a_token_in_the_settings_there_is_no_such_page(site: Flask) -> None:
    for given in ("Bearer ", "Bearer", ""):
        assert site.test_client().get("/metrics", headers={"Authorization": given}).status_code == 404


def test_numbers_count_what_happens_and_name_nobody(theatre: Callable[..., Flask], stage: Stage) -> None:
    app = theatre(METRICS_TOKEN=TOKEN, SIGN_IN_LIMIT="2 per minute")
    before = numbers(app)
    marie, world = signed_in(app, stage, "marie"), stage.world
    own = f"/discussions/{world.permit}"
    for path in (own, own, "/discussions/CANARYKEY", "/CANARYPATH", "/?q=CANARYQUERY"):
        marie.get(path)
    marie.open("/", method="CANARYMETHOD")
    for _ in range(3):
        sign_in(app.test_client(), "canary@example.com", "CANARYWORD")
    for origin in ("https://evil.example", "http://localhost"):
        app.test_client().get("/live", headers={"Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket"})
    text = app.test_client().get("/metrics", headers=BEARER).text
    counted = {name: value - before.get(name, 0) for name, value in numbers(app).items()}
    page = 'endpoint="client.discussion",method="GET"'
    assert counted[f'comptoir_request_seconds_count{{{page},status="2xx"}}'] == 2
    assert counted[f'comptoir_request_seconds_count{{{page},status="4xx"}}'] == 1
    assert counted['comptoir_sign_in_failures_total{reason="wrong"}'] == 2
    assert counted['comptoir_sign_in_failures_total{reason="too many"}'] == 1
    assert counted['comptoir_sockets_refused_total{reason="origin"}'] == 1
    assert counted['comptoir_sockets_refused_total{reason="stranger"}'] == 1
    assert 'method="OTHER"' in text
    assert 'endpoint="live.live"' not in text, "a socket is no request that takes an hour"
    for hidden in ("CANARY", "canary", "example.com", "127.0.0.1", *world.keys.values(), world.permit, world.text):
        assert hidden not in text


def test_every_number_is_there_from_the_beginning_and_well_formed(theatre: Callable[..., Flask]) -> None:
    text = theatre(METRICS_TOKEN=TOKEN).test_client().get("/metrics", headers=BEARER).text
    for name in COUNTED:
        assert f"# TYPE comptoir_{name}_total counter" in text
    for name in ("comptoir_open_sockets", "comptoir_threads", "process_resident_memory_bytes", "process_open_fds"):
        assert re.search(rf"^{name} [0-9.e+]+$", text, re.MULTILINE), name
    buckets = re.findall(r'comptoir_events_told_seconds_bucket\{le="([^"]+)"\} (\S+)', text)
    assert [bound for bound, _ in buckets] == [*(str(bound) for bound in BOUNDS), "+Inf"]
    assert [float(many) for _, many in buckets] == sorted(float(many) for _, many in buckets)


def numbers(app: Flask) -> dict[str, float]:
    """Every line of the page: name with labels -> value."""
    lines = app.test_client().get("/metrics", headers=BEARER).text.splitlines()
    split = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in split}


def _answer(app: Flask) -> TestResponse:
    app.extensions.pop("comptoir_readiness", None)  # what was found before is forgotten
    return app.test_client().get("/health/ready")


def _raise(error: Exception) -> None:
    raise error
