"""Writes of files that succeed, for `writes`: somebody has brought a part of one."""

from dataclasses import dataclass

from portal.actions import files
from tests.doors.cells import Booth
from tests.links import desk


@dataclass(frozen=True)
class Begun:
    """A file on its way: whose, and where it is brought."""

    who: str | None
    path: str


def begun(booth: Booth, door: str) -> Begun:
    """One of five bytes through that door."""
    with booth.app.app_context():
        if door == "links":
            desk.want_no_codes()
            page = desk.page(desk.mailed(booth.world))
        who = "ines" if door == "console" else "marie"
        key = files.announce(booth.world.viewer(who), booth.world.permit, name="plan.pdf", size=5)
    start = {"console": "/console", "client": "", "links": page if door == "links" else ""}[door]
    return Begun(None if door == "links" else who, f"{start}/uploads/{key}")
