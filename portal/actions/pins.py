"""Discussions that somebody keeps at the top of their list: a mark on their stay, without an event."""

from portal import access
from portal.access import Viewer
from portal.actions.unit import unit


def pin(viewer: Viewer, key: str, *, pinned: bool) -> None:
    """Pin a discussion for oneself, or take it off."""
    with unit(viewer) as viewer:
        access.conversation(viewer, key, lock=True).stay.pinned = pinned
