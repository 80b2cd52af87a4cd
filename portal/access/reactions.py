"""What each face reads of the emoji at a message (SPEC M16)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from portal.access.marks import ReactionView
from portal.models import Face


class Put(NamedTuple):
    """An emoji, and who put it there."""

    emoji: str
    key: str
    name: str
    face: str


def shown(face: str, put: Iterable[Put]) -> tuple[ReactionView, ...]:
    """To staff each emoji with everybody's names; to clients those of staff, each once, by nobody.

    What clients put stays between them and staff, and how many colleagues there are is no client's to count.
    """
    to_staff = face == Face.STAFF
    by: dict[str, list[Put]] = defaultdict(list)
    for one in put:
        if to_staff or one.face == Face.STAFF:
            by[one.emoji].append(one)
    if not to_staff:
        # In an order of their own: that of who came first would change when one of several takes theirs back.
        return tuple(ReactionView(emoji) for emoji in sorted(by))
    return tuple(
        ReactionView(emoji, tuple(one.key for one in some), tuple(one.name for one in some))
        for emoji, some in by.items()
    )
