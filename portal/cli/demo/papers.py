"""The files that the demo's people send: a line `+ name, name` below what they say."""

from pathlib import Path

from portal.access import Viewer
from portal.actions import files, previews

PAPERS = Path(__file__).with_name("papers")
SIGN = "\n+ "


def parted(words: str) -> tuple[str, list[str]]:
    """The words, and the names of the files that go with them."""
    said, sign, names = words.partition(SIGN)
    return said, names.split(", ") if sign else []


def brought(viewer: Viewer, key: str, names: list[str]) -> list[str]:
    """Those files, looked at already, as they wait for their message; gives their ids."""
    keys = []
    for name in names:
        with (PAPERS / name).open("rb") as paper:
            keys.append(files.take_in(viewer, key, name=name, size=(PAPERS / name).stat().st_size, content=paper))
    while names and previews.work():
        pass
    return keys
