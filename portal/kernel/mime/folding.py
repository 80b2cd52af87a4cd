"""A reply's text, cut into its author's words and what is to be folded. Nothing is ever left out.

Where it is not sure whose words a line is, it is shown: a quote too many is a nuisance, an answer too few a loss.
One thing goes before: what stands below our own marker can be anybody's words to somebody else, and stays folded.
"""

from dataclasses import dataclass
from itertools import groupby

from portal.kernel import text as texts
from portal.kernel.mime.reading import ENDING, FORWARD, QUOTE, WORDS, Reading, has_marker

LOOKED = 20_000  # lines; what is below is taken for one, so that no text takes longer


@dataclass(frozen=True)
class Piece:
    """Lines of a reply that stand together."""

    text: str
    folded: bool
    kind: str  # words, quote, forward, ending (signature, disclaimer)

    @property
    def lines(self) -> int:
        """How many lines with something in them it has."""
        return sum(1 for line in self.text.split("\n") if line.strip())


def fold(text: str) -> tuple[Piece, ...]:
    """`text` in pieces, in order; joined they are `text`. See `shows_words` for a reply without any.

    Without words of the author, what they forward or quote is shown, for it is all there is to read; except below
    our own marker.
    """
    lines = _lines(text)
    reading = Reading(lines)
    kinds = reading.kinds
    shown = [kind == WORDS for kind in kinds]
    if not _has_words(lines, kinds):
        ours = any(has_marker(line) for line in lines)
        shown = [kind == WORDS or (kind != ENDING and not ours) for kind in kinds]
        if not ours and not any(seen and line.strip() for seen, line in zip(shown, lines, strict=True)):
            shown = [True] * len(lines)
    if reading.bare is not None:
        kinds[reading.bare :] = [QUOTE if kind == WORDS else kind for kind in kinds[reading.bare :]]
    return tuple(_pieces(lines, kinds, shown))


def shows_words(pieces: tuple[Piece, ...]) -> bool:
    """Whether anything is left that its author wrote: an empty reply has none, nor has a bare forward."""
    return any(piece.kind == WORDS and not texts.is_blank(piece.text) for piece in pieces)


def _lines(text: str) -> list[str]:
    """The lines of `text` with their ends; beyond `LOOKED`, all the rest as one."""
    lines = text.split("\n", LOOKED)
    return [*(f"{line}\n" for line in lines[:-1]), *filter(None, lines[-1:])]


def _has_words(lines: list[str], kinds: list[str]) -> bool:
    return any(kind == WORDS and not texts.is_blank(line) for line, kind in zip(lines, kinds, strict=True))


def _pieces(lines: list[str], kinds: list[str], shown: list[bool]) -> list[Piece]:
    """Lines that are shown alike, together. Blank lines belong to what is before them; between folds, to the fold."""
    folded = [not seen for seen in shown]
    for place, line in enumerate(lines):
        if place and not line.strip():
            folded[place] = folded[place - 1]
    found = []
    for hidden, run in groupby(range(len(lines)), key=folded.__getitem__):
        places = list(run)
        named = [kinds[place] for place in places if lines[place].strip()]
        order = (FORWARD, QUOTE, ENDING) if hidden else (WORDS, FORWARD, QUOTE, ENDING)
        kind = next((kind for kind in order if kind in named), WORDS)
        found.append(Piece("".join(lines[place] for place in places), hidden, kind))
    return found
