"""The files of a backup: those that its copy of the database names, with their sums, looked at again before they come
back."""

import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from portal.storage import FOLDER, storage

SUMS = "files.json"


def copy(wanted: dict[str, str], room: Path) -> set[str]:
    """Copy the files `wanted` (name: SHA-256) into `room`; gives those that are missing, or not what was stored."""
    folder = room / FOLDER
    folder.mkdir(exist_ok=True)
    lost = {name for name, sha256 in wanted.items() if not _copied(name, sha256, folder)}
    kept = {name: sha256 for name, sha256 in wanted.items() if name not in lost}
    (room / SUMS).write_text(json.dumps(kept, indent=1))
    return lost


def are_whole(room: Path) -> bool:
    """Whether every file of an unpacked backup is there and sums up; backups of before there were files have none."""
    if not (room / SUMS).exists():
        return True
    with suppress(OSError, ValueError):
        sums = json.loads((room / SUMS).read_text())
        return all(name == Path(name).name and _sum(room / FOLDER / name) == sums[name] for name in sums)
    return False


def put_back(room: Path, var: Path, aside: str) -> None:
    """Store the files of an unpacked backup; those that are there are moved to `aside`, beside them."""
    if not (room / SUMS).exists():
        return
    if (var / FOLDER).exists():
        os.replace(var / FOLDER, var / aside)
    for name in json.loads((room / SUMS).read_text()):
        storage().put((room / FOLDER / name).read_bytes(), name)


def _copied(name: str, sha256: str, folder: Path) -> bool:
    if (folder / name).exists():
        return True
    try:
        with storage().open(name) as source, (folder / name).open("wb") as target:
            shutil.copyfileobj(source, target)
    except OSError:
        (folder / name).unlink(missing_ok=True)
        return False
    if _sum(folder / name) == sha256:
        return True
    (folder / name).unlink()
    return False


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
