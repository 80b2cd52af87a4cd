"""What comes with a message, and is written with it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Beside:
    """What comes with a message: so many files and quoted lines. `keep` writes them, given the message's internal id.

    It is called in the message's own transaction, and only for a message that was not there before. `same` tells of
    one that was whether the same came with it. It is `unattended` where its author need not be there when it goes out.
    """

    files: int
    quoted: int
    keep: Callable[[int], None]
    same: Callable[[int], bool] = bool
    unattended: bool = False

    def also(self, other: "Beside | None") -> "Beside":
        """Both of what comes with one message."""
        if other is None:
            return self

        def keep(message_id: int) -> None:
            self.keep(message_id)
            other.keep(message_id)

        both = self.files + other.files, self.quoted + other.quoted
        away = self.unattended or other.unattended
        return Beside(*both, keep, lambda found: self.same(found) and other.same(found), away)
