"""RELIABILITY R11: workers are killed while they send to a server that drops, defers, hesitates, or takes and dies."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.actions import mails as actions
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Mail
from tests.mailer.post_office import PostOffice, post_office
from tests.promises import Figure, rounds
from tests.serving import KEY, ROOT

WORKERS = 2
PATIENCE = 60  # seconds


@pytest.mark.timeout(1200)
@pytest.mark.promise("R11")
def test_killed_workers_lose_no_mail_and_hardly_send_one_twice(app: Flask, tmp_path: Path, figure: Figure) -> None:
    chance, mails, kills = random.Random(11), rounds(40, 3000), rounds(1, 6)
    _queue(mails)
    with post_office(mood=lambda: chance.choices(MOODS, WEIGHTS)[0], thinks=0.001) as office:
        workers = [_worker(app, office, tmp_path) for _ in range(WORKERS)]
        for number in range(kills):
            _until(lambda wanted=(number + 1) * mails // (kills + 1): len(office.taken) > wanted, f"kill {number}")
            victim = workers[number % WORKERS]
            os.killpg(victim.pid, signal.SIGKILL)
            victim.wait()
            workers[number % WORKERS] = _worker(app, office, tmp_path)
        _until(_all_sent, "the end")
        for worker in workers:
            worker.terminate()
            worker.wait(60)
    _judge(office, mails, kills, figure)


MOODS = ("250 OK", "451 Later", "drop", "die")
WEIGHTS = (94, 3, 2, 1)


def _judge(office: PostOffice, mails: int, kills: int, figure: Figure) -> None:
    ids: dict[str, Counter[str]] = defaultdict(Counter)
    for mail in office.taken:
        ids[str(mail["Subject"])][str(mail["Message-ID"])] += 1
    doubles = sum(sum(of.values()) - 1 for of in ids.values())
    figure(
        f"{mails} mails on {db.engine.dialect.name}, {WORKERS} workers, {kills} killed: {mails - len(ids)} lost; "
        f"{doubles} doubles, {office.deaths} of them of a server that took and died; all under one Message-ID"
    )
    assert len(ids) == mails, "a mail was lost"
    assert all(len(of) == 1 for of in ids.values()), "a double has another Message-ID"
    assert doubles - office.deaths <= max(2, mails // 1000)


def _queue(mails: int) -> None:
    with transaction():
        db.session.add_all(
            Mail(kind="answer", sender="Delta", email="rosa@example.com", subject=f"Number {n}", text="Hi", html="Hi")
            for n in range(mails)
        )


def _worker(app: Flask, office: PostOffice, var: Path) -> "subprocess.Popen[bytes]":
    settings = {
        "VAR": str(var),
        "DATABASE_URL": app.config["COMPTOIR"].database_url,
        "SECRET_KEY": KEY,
        "SMTP_URL": f"smtp://127.0.0.1:{office.port}",
        "MAIL_FROM": "portal@example.com",
        "WORKER": "apart",
    }
    environment = os.environ | {f"COMPTOIR_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "portal.cli", "worker"]
    with (var / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, process_group=0)


def _until(done: Callable[[], bool], what: str) -> None:
    """Wait; meanwhile what was put off is due again, as it would be later."""
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, what
        time.sleep(0.2)
        _time_goes_by()


def _all_sent() -> bool:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Mail).where(Mail.state != "sent")) == 0


def _time_goes_by() -> None:
    """What was put off, or taken on by a dead worker, is due; claims of the last seconds are of who is at work."""
    claims = now() + actions.PATIENCE - timedelta(seconds=5), now() + actions.PATIENCE + timedelta(seconds=1)
    with transaction():
        waiting = update(Mail).where(Mail.state == "queued", Mail.tries > 0, ~Mail.due_at.between(*claims))
        db.session.execute(waiting.values(due_at=now()))
