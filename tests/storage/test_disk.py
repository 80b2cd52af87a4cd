"""Files on disk: whole or not at all, their owner's alone, under names that tell nothing."""

import errno
import hashlib
import os
import stat
from pathlib import Path

import pytest

from portal.kernel.errors import Unavailable
from portal.storage.disk import Disk


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    """An empty store."""
    return Disk(tmp_path / "files")


def test_what_is_put_is_there_until_it_is_deleted(disk: Disk) -> None:
    stored = disk.put(b"a face")
    assert disk.exists(stored.name)
    with disk.open(stored.name) as file:
        assert file.read() == b"a face"
    assert stored.sha256 == hashlib.sha256(b"a face").hexdigest()
    disk.delete(stored.name)
    disk.delete(stored.name)
    assert not disk.exists(stored.name)
    with pytest.raises(FileNotFoundError):
        disk.open(stored.name)


def test_names_are_chance_and_files_their_owners_alone(disk: Disk) -> None:
    names = {disk.put(b"the same").name for _ in range(20)}
    assert len(names) == 20
    for name in names:
        path = disk.root / name[:2] / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(disk.root.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["", "../secret_key", "/etc/passwd", "a" * 25, "A" * 26, "a" * 25 + "/", "a" * 26 + "\n"]
)
def test_no_other_name_leads_anywhere(disk: Disk, name: str) -> None:
    (disk.root.parent / "secret_key").write_text("secret")
    assert not _exists(disk, name)
    for act in (disk.open, disk.delete):
        with pytest.raises(FileNotFoundError):
            act(name)
    assert (disk.root.parent / "secret_key").exists()


def test_bytes_and_name_are_on_the_disk_before_it_is_said(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELIABILITY R2: file, then name, then folder; a crash in between leaves no half file under a name."""
    done: list[str] = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append(_what(handle)), sync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda one, other: (done.append("rename"), rename(one, other))[1])
    disk.put(b"a face")
    assert done[-3:] == ["file", "rename", "folder"]


def test_a_full_disk_keeps_nothing_and_says_so(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    disk.put(b"before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as refused:
        disk.put(b"a face")
    assert refused.value.code == "storage_full"
    assert len([path for path in disk.root.rglob("*") if path.is_file()]) == 1


def test_old_files_are_listed_half_written_ones_too(disk: Disk) -> None:
    old, young = disk.put(b"old").name, disk.put(b"young").name
    half = disk.root / old[:2] / f"{old}.part"
    half.write_bytes(b"ol")
    for path in (half, half.with_suffix("")):
        os.utime(path, (1, 1))
    (disk.root / old[:2] / "notes.txt").write_text("of an administrator")
    assert set(disk.names(older=60)) == {old, f"{old}.part"}
    assert young in set(disk.names(older=-60))
    disk.delete(f"{old}.part")
    assert set(disk.names(older=60)) == {old}


def _exists(disk: Disk, name: str) -> bool:
    try:
        return disk.exists(name)
    except FileNotFoundError:
        return False


def _what(handle: int) -> str:
    return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
