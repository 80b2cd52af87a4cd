"""What a dead worker noted of mails that a server had taken: whoever comes next does not send them again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.mailer.receipts import Receipts
from tests.serving import ROOT

DIES = """
import os, signal, sys
from pathlib import Path
from portal.mailer.receipts import Receipts
receipts = Receipts(Path(sys.argv[1]))
with receipts.noted(1):
    with receipts.noted(2):
        pass
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_the_dead_noted_is_told_once(tmp_path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    told: list[int] = []
    for _ in range(2):
        Receipts(tmp_path).settle(told.append)
    assert told == [1, 2]


def test_the_living_are_left_alone(tmp_path: Path) -> None:
    told: list[int] = []
    with Receipts(tmp_path).noted(1):
        Receipts(tmp_path).settle(told.append)
    assert told == []
    assert len(os.listdir(tmp_path)) == 1


def test_what_the_database_knows_is_not_kept(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    for number in range(3):
        with receipts.noted(number):
            pass
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b""


def test_a_line_cut_short_names_no_mail(tmp_path: Path) -> None:
    (tmp_path / "a.sent").write_bytes(b"12\n3")
    told: list[int] = []
    Receipts(tmp_path).settle(told.append)
    assert told == [12]


def test_what_the_database_could_not_be_told_is_told_by_the_same_process(tmp_path: Path) -> None:
    receipts = Receipts(tmp_path)
    with pytest.raises(RuntimeError), receipts.noted(7):
        raise RuntimeError
    told: list[int] = []
    for _ in range(2):
        receipts.settle(told.append)
    assert told == [7]
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b""


def test_the_database_is_told_where_nothing_can_be_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts, told = Receipts(tmp_path), []
    monkeypatch.setattr(Receipts, "_new", _full)
    for number in (1, 2):
        with receipts.noted(number):
            told.append(number)
    assert told == [1, 2]


def test_half_a_line_never_names_another_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts, write = Receipts(tmp_path), os.write
    with receipts.noted(1):
        monkeypatch.setattr(os, "write", lambda file, words: write(file, words[:1]))
        with receipts.noted(23):
            monkeypatch.setattr(os, "write", write)
            with receipts.noted(4):
                (file,) = tmp_path.iterdir()
                assert file.read_bytes() == b"1\n4\n"


def test_what_is_no_number_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "a.sent").write_bytes(b"12\n\0\0\n13\n")
    told: list[int] = []
    Receipts(tmp_path).settle(told.append)
    assert told == [12, 13]


def _full(_receipts: Receipts) -> int:
    raise OSError(28, "No space left on device")
