"""RELIABILITY R8: the disk fills. Nothing acknowledged is lost, who writes is told, and it heals by itself."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.faults.lines import Http
from tests.faults.scene import Scene, scene
from tests.faults.small_disk import Room, SmallDisk, small_disk
from tests.faults.writers import Crowd, Pace
from tests.promises import Figure, rounds
from tests.world import token

WRITERS = 8
LONG = 6000  # characters of a message
TOLD = {"hugo": "storage is full", "marie": "stockage du serveur est plein"}
BUSY = {"hugo": "server is busy", "marie": "serveur est occupé"}  # as which a limit on files is told


@pytest.mark.promise("R8")
@pytest.mark.timeout(600)
def test_a_full_disk_loses_nothing_and_heals(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """It fills while people write, again and again; in the whole the server is killed on it, too."""
    with small_disk(tmp_path / "disk") as room, scene(stage, tmp_path / "disk" / "var", french=("marie",)) as play:
        play.page("ines")
        play.page("luc")
        with play.crowd(WRITERS, Pace((0.0, 0.02), length=LONG)) as crowd:
            for number in range(rounds(1, 6)):
                time.sleep(0.5)
                room.fill(play.server)
                _until(lambda: _stuck(crowd))
                _check_people_are_told(play, room)
                _check_reading(play)
                if number % 2:
                    play.server.kill()
                    play.server.start()
                    _check_reading(play)
                room.free(play.server)
                healed = _moves(crowd)
        found = play.check(crowd)
    figure(
        f"{rounds(1, 6)} times full ({room.name}): {found.acknowledged} acknowledged, 0 lost, 0 corrupt, "
        f"{crowd.answers[503]} refusals in words, all sent {healed:.1f} s after there was room"
    )


def _stuck(crowd: Crowd) -> bool:
    """Whether nobody gets a message through: each was answered twice more, and never with yes."""
    sent, answered = len(crowd.sent), {writer: writer.answers.total() for writer in crowd.writers}
    _until(lambda: all(writer.answers.total() >= times + 2 for writer, times in answered.items()))
    return len(crowd.sent) == sent


def _moves(crowd: Crowd) -> float:
    """Wait until everybody got another message through; the seconds that took."""
    began, before = time.monotonic(), [len(writer.sent) for writer in crowd.writers]
    _until(lambda: all(len(writer.sent) > sent for writer, sent in zip(crowd.writers, before, strict=True)))
    return time.monotonic() - began


def _check_people_are_told(play: Scene, room: Room) -> None:
    """In their language; and the form that comes back without scripts has their words in it."""
    for name, words in (TOLD if isinstance(room, SmallDisk) else BUSY).items():
        way = play.http(name)
        status, line = _send(way, play.keys[0], scripts=True)
        assert status == 503
        assert words in line
        status, page = _send(way, play.keys[0], scripts=False)
        assert status == 503
        assert re.search(r'<textarea[^>]* name="body"[^>]*>a heron, two bitterns', page)
        way.close()


def _send(way: Http, key: str, *, scripts: bool) -> tuple[int, str]:
    body = "a heron, two bitterns " + "y" * LONG
    form = {"body": body, "kind": "text", "token": token()}
    answer = way.post(f"{way.door}/discussions/{key}/messages", form, scripts=scripts)
    return answer.status, answer.text


def _check_reading(play: Scene) -> None:
    """Lists, discussions, what was missed, and new pages."""
    for name in ("ines", "luc"):
        way = play.http(name)
        room = f"{way.door}/discussions/{play.keys[0]}"
        for path in (f"{way.door}/discussions" if way.door else "/", room, f"{room}/messages?after_rev=3"):
            assert way.get(path).status in {200, 204}, path  # 204: more than a page asks for, so it loads anew
        way.close()
    page = play.page("nina")
    _until(lambda: page.caught_up)
    page.end()
    play.pages.remove(page)


def _until(done: Callable[[], bool]) -> None:
    late = time.monotonic() + 60
    while not done():
        assert time.monotonic() < late
        time.sleep(0.05)
