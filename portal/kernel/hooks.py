"""What runs after a commit, filled by `create_app` from `wiring`.

The transaction (floor 3) must not know who listens (floors 4 to 7), so it calls this list.
"""

from collections.abc import Callable

_after_commit: list[Callable[[], None]] = []


def on_commit(call: Callable[[], None]) -> None:
    """Have `call()` run after every committed unit. It must be quick and must not raise."""
    if call not in _after_commit:
        _after_commit.append(call)


def committed() -> None:
    """Tell every listener that a unit was committed."""
    for call in _after_commit:
        call()
