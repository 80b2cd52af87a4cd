"""Goes through a reply line by line and says of each whose it is: its author's, or to be folded."""

import re
from itertools import groupby

from portal.kernel import text as texts
from portal.kernel.mime import endings, quotes
from portal.kernel.mime.quotes import Sure

MARKERS = {  # in our own mails; one writes above it
    "en": "-- Please write your reply above this line --",
    "fr": "-- Merci de répondre au-dessus de cette ligne --",
}
TRIES = 2000  # lines that are looked at closely; a text with more of them is no mail, and is shown

WORDS, QUOTE, FORWARD, ENDING = "words", "quote", "forward", "ending"

_MARKED = re.compile(r"[ \t\ufeff\u200b]{0,3}>")
_DEEPER = re.compile(r"[ \t\ufeff]{0,3}>\s?>")
_COMPARED = re.compile(r"^(?:=|[ \t]?\d[\d.,]{0,12}[ \t]?(?:%|€|\$|£|\w{1,6})?[ \t]*$)")
_INSIDE = re.compile(
    r"(?:réponses?|remarques?|commentaires?|annotations?|answers?|replies|comments?|antworten?|anmerkungen|kommentare?|"
    r"respuestas?|comentarios?|risposte|commenti|antwoorden|opmerkingen)[^\n.!?]{0,40}\b(?:ci-dessous|plus bas|dessous|"
    r"en (?:rouge|bleu|vert|gras|couleur)|dans (?:le|votre|ton) (?:texte|corps|mail|message)|below|inline|in ?-?line|"
    r"in (?:red|blue|green|bold|the text)|unten|im text|in (?:rot|blau|grün)|(?:más )?abajo|en (?:rojo|azul|verde)|"
    r"(?:qui )?sotto|in (?:rosso|blu)|hieronder|in (?:het )?(?:rood|blauw|groen|tekst))\b",
    re.IGNORECASE,
)
_OURS = tuple("".join(c for c in texts.fold(marker) if c.isalnum()) for marker in MARKERS.values())


def has_marker(line: str) -> bool:
    """Whether our own marker stands in `line`, however a mail program changed its strokes and spaces."""
    line = line[:4000].lower()
    if "line" not in line and "ligne" not in line:
        return False
    letters = "".join(c for c in texts.fold(line) if c.isalnum())
    return any(marker in letters for marker in _OURS)


class Reading:
    """`kinds` of the lines, each with its end, and where a quote begins that is `bare` of words."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.kinds = [WORDS] * len(lines)
        self._marked = [bool(_MARKED.match(line)) for line in lines]
        self._tries = TRIES
        plain = ["" if marked else line for line, marked in zip(lines, self._marked, strict=True)]
        self._introductions = quotes.introductions(plain, TRIES)
        self._plain = plain
        self._quoting = False  # whether a quote was found for sure; `>` begins no other line then
        self._worded = False  # whether there were words yet
        self.bare: int | None = None  # where a quote begins that has no words before it
        self._read()
        self._end()

    def _read(self) -> None:
        place = 0
        while place < len(self.lines):
            if self._marked[place]:
                place = self._run(place)
            elif not self._plain[place].strip():
                place += 1
            else:
                place = self._line(place)

    def _run(self, start: int) -> int:
        """Lines behind `>` that stand together; gives the line after them."""
        end = last = start
        while end < len(self.lines) and (self._marked[end] or not self.lines[end].strip()):
            last = end if self._marked[end] else last
            end += 1
        end = last + 1
        if self._is_quote(start, end):
            self._mark(start, end, QUOTE)
            self._quoting = True
        return end

    def _is_quote(self, start: int, end: int) -> bool:
        """Whether `>` means a quote. People write arrows and comparisons with it too, and lists."""
        run = [_MARKED.sub("", line, count=1).rstrip("\n") for line in self.lines[start:end]]
        if self._quoting:
            return len(run) > 1 or not _COMPARED.match(run[0])
        if any(has_marker(line) or quotes.says_original(line) or _DEEPER.match(line) for line in self.lines[start:end]):
            return True
        if any(line.rstrip().endswith(":") and quotes.sure(line) for line in run[:6]):
            return True
        words = [line for line in run if line.strip()]
        return len(words) > 1 and (len(words) < len(run) or max(map(len, words)) >= 60)

    def _line(self, place: int) -> int:
        """A line of words, or one that begins a quote; gives the line to go on with."""
        line = self._plain[place]
        if has_marker(line):
            return self._rest(place, len(self.lines), QUOTE)
        if place in self._introductions:
            end, sure = self._introductions[place]
            return self._introduced(place, end, sure)
        if kind := quotes.says_original(line):
            return self._headed(place, place + 1, kind)
        if quotes.parts(line):
            return self._parted(place)
        if ":" in line[:60] and self._tries > 0:
            self._tries -= 1
            end = quotes.block(self._plain, place, after_rule=False)
            if end > place:
                return self._headed(place, end, QUOTE)
        self._worded = self._worded or not endings.is_of_phone(line.rstrip("\n"))
        return place + 1

    def _introduced(self, place: int, end: int, sure: Sure) -> int:
        following = self._next(end)
        if following < len(self.lines) and (self._marked[following] or has_marker(self._plain[following])):
            self._mark(place, following, QUOTE)
            self._quoting = True
            return following
        if sure is not Sure.YES:
            self._worded = True
            return end
        marked = self._before_marked(end)
        if marked:  # an answer, written between the introduction and the quote
            self._mark(place, end, QUOTE)
            self._quoting = True
            return marked
        return self._rest(place, end, QUOTE)

    def _before_marked(self, start: int) -> int:
        """The next line behind `>`, unless something else begins a quote before it; 0 where there is none."""
        for place in range(start, len(self.lines)):
            if self._marked[place]:
                return place
            line = self._plain[place]
            if place in self._introductions or quotes.says_original(line) or has_marker(line):
                return 0
        return 0

    def _parted(self, place: int) -> int:
        """Below a line of strokes: headers, or anything."""
        following = self._next(place + 1)
        if following < len(self.lines) and self._tries > 0:
            self._tries -= 1
            end = quotes.block(self._plain, following, after_rule=True)
            if end > following:
                return self._headed(place, end, QUOTE)
        return place + 1

    def _headed(self, place: int, end: int, kind: str) -> int:
        """From headers on, everything is quoted, unless it is marked as such and more may follow."""
        following = self._next(end)
        if following < len(self.lines):
            end = max(end, quotes.block(self._plain, following, after_rule=True))
            following = self._next(end)
        if following < len(self.lines) and self._marked[following]:
            self._mark(place, following, kind)
            self._quoting = True
            return following
        return self._rest(place, end, kind)

    def _rest(self, place: int, end: int, kind: str) -> int:
        """The rest is quoted; but where its author says that answers stand in it, it is read on from `end`.

        Without words before it, it is all there is to read, and may have answers below, so that it is read on as well.
        """
        ours = any(has_marker(line) for line in self._plain[place : place + 60])
        before = "".join(self.lines[max(0, place - 40) : place])
        if not ours and _INSIDE.search(before[-4000:]):
            return end
        if not ours and not self._worded:
            self.bare = place if self.bare is None else self.bare
            self._worded = True
            return end
        self._mark(place, len(self.lines), kind)
        return len(self.lines)

    def _next(self, place: int) -> int:
        """The next line that is not blank."""
        while place < len(self.lines) and not self.lines[place].strip():
            place += 1
        return place

    def _mark(self, start: int, end: int, kind: str) -> None:
        self.kinds[start:end] = [kind] * (end - start)

    def _end(self) -> None:
        """Find what ends each run of words."""
        place = 0
        for kind, run in groupby(list(self.kinds)):
            length = len(list(run))
            if kind == WORDS:
                own = endings.own([line.rstrip("\n") for line in self.lines[place : place + length]])
                self.kinds[place : place + length] = [WORDS if mine else ENDING for mine in own]
            place += length
