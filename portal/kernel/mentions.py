"""Names in messages: `@name` as it is typed, and the mark that takes its place in what is stored.

A stored message names nobody: at each mention stands its number between two signs that nobody can type, and whoever
draws the message for a face puts there what that face may read. What is forgotten to be drawn tells a number.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from portal.kernel.text import BEGIN, END, fold

T = TypeVar("T")

MOST = 50  # in one message
REACH = 120  # characters after an @ that are looked at: a name has 80 at most
# What the team is called in a message, in the languages we speak, as `fold` leaves it.
TEAM = ("the team", "team", "l’equipe", "l'equipe", "equipe")

_MARK = re.compile(f"{BEGIN}([0-9]{{1,4}}){END}")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
# An address or a link has no mention in it; a name begins after a space, a bracket, a mark of Markdown.
_AT = re.compile(r"(?<![\w@/.?=&%#+-])@(?=\S)")


def mark(place: int) -> str:
    """What stands in a stored message for its mention number `place`."""
    return f"{BEGIN}{place}{END}"


def drawn(text: str, draw: Callable[[int], str]) -> str:
    """`text`, with what `draw` gives for each mention's place."""
    return _MARK.sub(lambda found: draw(int(found[1])), text) if BEGIN in text else text


def found(body: str, called: Mapping[str, T]) -> Iterator[tuple[int, int, T]]:
    """(beginning, end, whom) of each `@name` in `body`; `called` has the folded names. Code mentions nobody."""
    code = [one.span() for one in _CODE.finditer(body)]
    count, names = 0, sorted(called)
    for at in _AT.finditer(body):
        begin = at.start()
        if any(first <= begin < last for first, last in code):
            continue
        length, whom = _longest(body[begin + 1 : begin + 1 + REACH], called, names)
        if whom is not None and count < MOST:
            count += 1
            yield begin, begin + 1 + length, whom


def _longest(tail: str, called: Mapping[str, T], names: Sequence[str]) -> tuple[int, T | None]:
    """How many characters of `tail` are the longest name that it begins with, and whose that is; `names` are sorted."""
    folded, best, whom = "", 0, None
    for at, letter in enumerate(tail, 1):
        folded = f"{folded.rstrip()} " if letter in " \t\xa0\u202f" else folded + fold(letter)
        next_name = bisect_left(names, folded)
        if next_name == len(names) or not names[next_name].startswith(folded):
            break  # nobody is called so: of thousands of signs, to look further at each would take a second
        if folded in called and not _goes_on(tail[at : at + 2]):
            best, whom = at, called[folded]
    return best, whom


def _goes_on(rest: str) -> bool:
    """Whether a name goes on: who writes @Marie-Claude does not mean Marie."""
    return bool(re.match(r"\w|-\w", rest))
