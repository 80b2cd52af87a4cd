"""Words as search knows them: without case and accents, with their French and English word forms."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from portal.kernel.text import fold

WORD_LIMIT = 40  # characters; what is longer is no word that somebody looks for by its end
BEGINNING = 3  # letters by which a word that is still being typed is looked for

# l'été is été, and the client's is the client: what stands before and after is no word.
_ELIDED = re.compile(r"\b(?:[ldjmtsncLDJMTSNC]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu)['’ʼ](?=\w)|(?<=\w)['’ʼ][sS]\b")
_WORD = re.compile(r"[^\W_]+")
# With the letters that a stem has to have: the French rules take more off, and leave `dev` of both devis and devant.
_stemmers = ((Stemmer.Stemmer("french"), 4), (Stemmer.Stemmer("english"), 3))
_turn = threading.Lock()  # they keep what they are at in themselves


@dataclass(frozen=True)
class Word:
    """A word of a text, and where it stands in it. `name` is folded; `forms` are its stems, where those differ."""

    name: str
    forms: frozenset[str]
    start: int
    end: int

    @property
    def all(self) -> frozenset[str]:
        """Its name and its stems: two words of which one is the same are forms of one word."""
        return self.forms | {self.name}


def words(text: str) -> Iterator[Word]:
    """The words of `text`, in order."""
    elided = [range(*found.span()) for found in _ELIDED.finditer(text)]
    for found in _WORD.finditer(text):
        if any(found.start() in span for span in elided):
            continue
        for name in parts(found[0]):
            yield Word(name, forms(found[0].lower(), name), *found.span())


@lru_cache(maxsize=50_000)
def parts(word: str) -> tuple[str, ...]:
    """A word as it is compared; some signs fall into several (½ is 1 and 2) or none."""
    folded = fold(word).replace("æ", "ae").replace("œ", "oe")
    return tuple(part[:WORD_LIMIT] for part in _WORD.findall(folded))


@lru_cache(maxsize=50_000)
def forms(word: str, name: str) -> frozenset[str]:
    """What a word has in common with its other forms, by French and by English rules.

    With its accents and without: who types `envoye` means what another wrote as `envoyé`.
    """
    with _turn:
        found = {(stemmer.stemWord(one), least) for stemmer, least in _stemmers for one in {word, name}}
    stems = {part for stem, least in found if len(stem) >= least for part in parts(stem)}
    return frozenset(stems - {name})
