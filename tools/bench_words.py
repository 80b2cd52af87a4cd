"""What people of the benchmark say: French and English, with common and rare words as often as they are in letters.

The common words are those of the demo's discussions; behind them comes a long tail that is made of syllables, because
no list of words is as long as what a firm's people write in ten years.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

from portal.kernel.words import Word, words

DEMO = Path(__file__).parent.parent / "portal" / "cli" / "demo"
TAIL, TAIL_SHARE = 30_000, 0.2  # made words, and how much of what is said they are
SYLLABLES = {
    "fr": "ba bo cer chan con de der dou é fer ge gno lan le lu ma mer mi mon nou pa per quel ra re ri sa tion".split(),
    "en": "ack al ber ble by cal con der dis ed en er fin ing ish ler ly man ment ness or per ship tion ver".split(),
}
_SPOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class Speaker:
    """Says messages in one language."""

    def __init__(self, language: str, chance: Random) -> None:
        self._chance = chance
        said = Counter(_spoken(language))
        total = sum(said.values())
        tail = {_made(language, chance): 1 / rank for rank, _ in enumerate(range(TAIL), 20)}
        share = TAIL_SHARE / (1 - TAIL_SHARE) * total / sum(tail.values())
        weights = [*said.values(), *(weight * share for weight in tail.values())]
        self._words, self._weights = [*said, *tail], list(accumulate(weights))

    def message(self) -> list[str]:
        """Its words; mostly a dozen, sometimes a letter of a hundred."""
        count = min(120, max(2, int(self._chance.lognormvariate(2.5, 0.7))))
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)


@cache
def known(word: str) -> tuple[Word, ...]:
    """What search makes of one word; asked a million times."""
    return tuple(words(word))


def _spoken(language: str) -> Iterator[str]:
    for file in sorted((DEMO / language).glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            yield from (found[0].lower() for found in _SPOKEN.finditer(line.partition(":")[2]))


def _made(language: str, chance: Random) -> str:
    return "".join(chance.choices(SYLLABLES[language], k=chance.randint(2, 4)))
