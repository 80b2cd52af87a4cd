"""The stretch of a message around what was found in it, in pieces, marked or not. Text, never HTML."""

from collections.abc import Iterator, Sequence

from portal.kernel.words import Word, words
from portal.queries.search.wanted import Group

Pieces = tuple[tuple[str, bool], ...]  # (text, whether it is marked)
BEFORE, LENGTH = 60, 180  # characters


def snippet(text: str, groups: Sequence[Group], length: int = LENGTH) -> Pieces:
    """So much of `text` as shows its first hit, with all hits marked."""
    spans = list(_hits(text, groups))
    start = _word_begin(text, max(0, spans[0][0] - BEFORE)) if spans and spans[0][1] > length - BEFORE else 0
    end = min(len(text), start + length)
    pieces = [*_pieces(text, spans, start, end)]
    if start:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    return tuple(pieces)


def _pieces(text: str, spans: list[tuple[int, int]], start: int, end: int) -> Iterator[tuple[str, bool]]:
    at = start
    for begin, stop in spans:
        if begin < at or begin >= end:
            continue
        if begin > at:
            yield text[at:begin], False
        yield text[begin:stop], True
        at = stop
    if at < end:
        yield text[at:end], False


def _hits(text: str, groups: Sequence[Group]) -> Iterator[tuple[int, int]]:
    said = list(words(text))
    found = {span for group in groups for span in _found(said, group)}
    yield from sorted(found)


def _found(said: list[Word], group: Group) -> Iterator[tuple[int, int]]:
    size = len(group.words)
    for at in range(len(said) - size + 1):
        stretch = said[at : at + size]
        if all(_same(*pair, group) for pair in zip(stretch, group.words, strict=True)):
            yield stretch[0].start, stretch[-1].end


def _same(word: Word, asked: Word, group: Group) -> bool:
    """As the index has it: the word itself, another form of it, or what begins like it."""
    if word.name == asked.name or (asked is group.words[-1] and group.beginning and word.name.startswith(asked.name)):
        return True
    return not group.exact and bool(asked.all & word.all)


def _word_begin(text: str, at: int) -> int:
    """The first place after `at` at which a word begins."""
    space = text.find(" ", at, at + BEFORE)
    return space + 1 if space >= 0 else at
