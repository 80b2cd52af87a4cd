"""A conversation on paper: a PDF of plain pages, numbered, in any language, that says nothing about who made it."""

import unicodedata
from functools import cache
from pathlib import Path

import emoji
from arabic_reshaper import reshape
from bidi.algorithm import get_display
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "DejaVu Sans"
WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 56.0, WIDTH - 56.0, HEIGHT - 60.0, 62.0
LEADING = 1.42
GREY, INK, NOTE = (0.42, 0.42, 0.45), (0.1, 0.1, 0.12), (0.55, 0.4, 0.05)
_BOLD = 2  # text that is filled and stroked: one font instead of two
_TURNED = {"R", "AL", "RLE", "RLO", "RLI"}  # bidirectional classes (UAX #9) of what is read from right to left


class Paper:
    """Writes a PDF, page after page; `close` ends it. `title` stands on the first page, `foot` below each."""

    def __init__(self, path: Path, font: Path, title: str, foot: str) -> None:
        _know(font)
        # `invariant`: no time of making, and the same bytes for the same words.
        self._canvas = Canvas(str(path), pagesize=A4, pageCompression=1, invariant=1)
        self._canvas.setTitle(" ")
        self._canvas.setAuthor(" ")
        self._canvas.setSubject(" ")
        self._canvas.setCreator(" ")
        self._canvas.setProducer("Comptoir")
        self._foot = foot
        self._page = 1
        self._y = TOP
        self.write(title, size=17, bold=True)

    def write(
        self, words: str, *, size: float = 9.5, bold: bool = False, colour: tuple[float, float, float] = INK
    ) -> None:
        """A paragraph; its own lines stay, and long ones are broken between words."""
        for line in words.split("\n"):
            for part in _broken(_readable(line), size) or [""]:
                self._line(part, size, bold, colour)

    def gap(self, height: float = 8.0, keep: float = 40.0) -> None:
        """Room before what follows, of which at least so much stays together."""
        self._y -= height
        if self._y < BOTTOM + keep:
            self._turn()

    def close(self) -> None:
        """The end: now it is known how many pages there are."""
        self._number()
        self._canvas.showPage()
        self._canvas.beginForm("pages")
        _plain(self._canvas, 8)
        self._canvas.drawString(0, 0, str(self._page))
        self._canvas.endForm()
        self._canvas.save()

    def _line(self, words: str, size: float, bold: bool, colour: tuple[float, float, float]) -> None:
        if self._y - size * LEADING < BOTTOM:
            self._turn()
        self._y -= size * LEADING
        shown, canvas = _turned(words), self._canvas
        canvas.saveState()
        canvas.setFillColorRGB(*colour)
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(size / 36)
        canvas.setFont(FONT, size)
        canvas.drawString(
            RIGHT - _width(shown, size) if _begins_right(words) else LEFT, self._y, shown, mode=_BOLD if bold else None
        )
        canvas.restoreState()

    def _turn(self) -> None:
        self._number()
        self._canvas.showPage()
        self._page += 1
        self._y = TOP

    def _number(self) -> None:
        """“3 / 120” at the right; how many there are is filled in at the end."""
        canvas = self._canvas
        _plain(canvas, 8)
        canvas.setFillColorRGB(*GREY)
        canvas.drawString(LEFT, 36, _turned(_broken(_readable(self._foot), 8, 380)[0] if self._foot else ""))
        words = f"{self._page} / "
        canvas.drawRightString(RIGHT - 24, 36, words)
        canvas.saveState()
        canvas.translate(RIGHT - 24, 36)
        canvas.doForm("pages")
        canvas.restoreState()


def _plain(canvas: Canvas, size: float) -> None:
    canvas.setFont(FONT, size)
    canvas.setFillColorRGB(*GREY)


@cache
def _know(font: Path) -> None:
    pdfmetrics.registerFont(TTFont(FONT, str(font)))


@cache
def _letters() -> dict[str, float]:
    """{letter: its width at size 1} of all that the font has. Reportlab's own sums take ten times as long."""
    face = pdfmetrics.getFont(FONT).face
    return {chr(code): face.getCharWidth(code) / 1000 for code in face.charToGlyph}


def _readable(words: str) -> str:
    """`words` with a name in the place of what the font has no picture of: `:party_popper:`, and never a box."""
    known = _letters()
    words = words.replace("\t", "    ")
    if words.isprintable() and known.keys() >= set(words):
        return words
    words = emoji.replace_emoji(words, lambda found, _: found if known.keys() >= set(found) else emoji.demojize(found))
    return "".join(letter if letter in known and letter.isprintable() else _named(letter) for letter in words)


def _named(letter: str) -> str:
    """What stands for a letter that the font lacks. Accents by themselves, controls and odd spaces are nothing."""
    kind = unicodedata.category(letter)
    if kind[0] in "MC":
        return ""
    if kind[0] == "Z":
        return " "
    return f"[U+{ord(letter):04X}]"


def _broken(words: str, size: float, width: float = RIGHT - LEFT) -> list[str]:
    """`words` in lines of that width; a word that is longer by itself is broken, too."""
    if _width(words, size) <= width:
        return [words] if words else []
    lines, line, room = [], "", width
    space = _width(" ", size)
    for word in words.split(" "):
        long = _width(word, size)
        if long > room and line:
            lines.append(line)
            line, room = "", width
        while long > width:
            part = _fitting(word, size, width)
            lines.append(part)
            word = word[len(part) :]
            long = _width(word, size)
        line = f"{line} {word}" if line else word
        room -= long + space
    return [*lines, line]


def _fitting(word: str, size: float, width: float) -> str:
    least, most = 1, len(word)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if _width(word[:middle], size) <= width else (least, middle - 1)
    return word[:least]


def _width(words: str, size: float) -> float:
    letters = _letters()
    return sum(letters.get(letter, 0.6) for letter in words) * size


def _turned(words: str) -> str:
    """As it is drawn from left to right: Arabic joined, and what is read from right to left turned (UAX #9)."""
    if not any(unicodedata.bidirectional(letter) in _TURNED for letter in words if letter > "\u0590"):
        return words
    return str(get_display(reshape(words)))


def _begins_right(words: str) -> bool:
    """Whether the first letter with a direction is one that is read from right to left."""
    for letter in words:
        if (found := unicodedata.bidirectional(letter)) in {"L", "R", "AL"}:
            return found != "L"
    return False
