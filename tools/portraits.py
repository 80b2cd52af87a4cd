"""Draws the faces of the demo's people, into portal/cli/demo/portraits: flat shapes, the same at every drawing.

python -m tools.portraits
"""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "portal/cli/demo/portraits"
SIDE, FINE = 256, 4  # drawn four times as large, so that edges are smooth
CURLS = ((92, 70, 34), (128, 56, 38), (164, 70, 34), (76, 104, 30), (180, 104, 30), (84, 136, 26), (172, 136, 26))
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Portrait:
    """Colours, and how the hair falls: short, bob, long, bun, curly or bald; `more` is beard, glasses or both."""

    ground: str
    skin: str
    hair: str
    shirt: str
    cut: str
    more: tuple[str, ...] = ()


PORTRAITS = {
    "camille": Portrait("#cfe3d8", "#f0c9ad", "#5b3a29", "#1f6f54", "bob", ("glasses",)),
    "hugo": Portrait("#d9dcef", "#eab994", "#2f2620", "#3d4f8a", "short", ("beard",)),
    "fiona": Portrait("#f3dccb", "#f6d5c0", "#b4532a", "#37505c", "long"),
    "ines": Portrait("#f2d9d6", "#c98d62", "#221a17", "#a5453f", "curly"),
    "sofia": Portrait("#e2d8ec", "#e9bd98", "#3b2a22", "#6b4a8c", "bun"),
    "grace": Portrait("#f5e3b8", "#7d4f35", "#1b1513", "#c4762b", "curly", ("glasses",)),
    "daniel": Portrait("#d3e4ee", "#f1cbb0", "#8a6a45", "#2f6485", "short", ("glasses",)),
    "priya": Portrait("#dbe8cf", "#b67a50", "#1d1715", "#4d7a3a", "long"),
    "marie": Portrait("#e6e1d6", "#f3d0b8", "#a98a5c", "#54606e", "bob"),
}


def main() -> None:
    """Draw them all."""
    FOLDER.mkdir(exist_ok=True)
    for name, portrait in PORTRAITS.items():
        drawn(portrait).save(FOLDER / f"{name}.webp", quality=80, method=6)


def drawn(portrait: Portrait) -> Image.Image:
    """One of them."""
    image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), portrait.ground)
    pen = Pen(ImageDraw.Draw(image))
    _behind(pen, portrait)
    pen.round((38, 186, 218, 330), portrait.shirt)
    pen.block((110, 150, 146, 204), _darker(portrait.skin), 16)
    pen.round((106, 178, 150, 214), _darker(portrait.skin))
    pen.round((82, 62, 174, 178), portrait.skin)
    _before(pen, portrait)
    _face(pen, portrait)
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


@dataclass
class Pen:
    """Draws in units of the finished picture."""

    on: ImageDraw.ImageDraw

    def round(self, box: Box, colour: str) -> None:
        """An ellipse."""
        self.on.ellipse([value * FINE for value in box], colour)

    def block(self, box: Box, colour: str, corner: float) -> None:
        """A rectangle with round corners."""
        self.on.rounded_rectangle([value * FINE for value in box], corner * FINE, colour)

    def part(self, box: Box, start: int, end: int, colour: str) -> None:
        """What a chord cuts off an ellipse, between two angles."""
        self.on.chord([value * FINE for value in box], start, end, colour)

    def line(self, box: Box, start: int, end: int, colour: str, width: float) -> None:
        """A part of an ellipse's edge."""
        self.on.arc([value * FINE for value in box], start, end, colour, round(width * FINE))


def _behind(pen: Pen, portrait: Portrait) -> None:
    hair = portrait.hair
    if portrait.cut == "long":
        pen.block((66, 60, 190, 226), hair, 58)
    elif portrait.cut == "bob":
        pen.block((68, 54, 188, 176), hair, 56)
    elif portrait.cut == "bun":
        pen.round((104, 22, 152, 70), hair)
        pen.round((74, 48, 182, 150), hair)
    elif portrait.cut == "curly":
        for x, y, size in CURLS:
            pen.round((x - size, y - size, x + size, y + size), hair)


def _before(pen: Pen, portrait: Portrait) -> None:
    hair = portrait.hair
    if "beard" in portrait.more:
        pen.part((82, 66, 174, 182), 12, 168, hair)
        pen.round((100, 108, 156, 152), portrait.skin)
    if portrait.cut == "short":
        pen.part((79, 52, 177, 152), 205, 335, hair)
        pen.part((92, 46, 174, 100), 190, 340, hair)
    elif portrait.cut in {"bob", "long"}:
        pen.part((76, 50, 180, 156), 196, 344, hair)
        pen.part((80, 56, 150, 124), 150, 300, hair)
    elif portrait.cut == "bun":
        pen.part((78, 52, 178, 150), 200, 340, hair)
    elif portrait.cut == "curly":
        pen.part((80, 50, 176, 140), 200, 340, hair)


def _face(pen: Pen, portrait: Portrait) -> None:
    dark = "#2b2320"
    for x in (108, 148):
        pen.round((x - 4, 114, x + 4, 123), dark)
        if "glasses" in portrait.more:
            pen.line((x - 15, 104, x + 15, 133), 0, 360, dark, 2.6)
    if "glasses" in portrait.more:
        pen.line((120, 112, 136, 124), 200, 340, dark, 2.6)
    pen.line((113, 130, 143, 156), 25, 155, dark, 3.2)


def _darker(colour: str) -> str:
    parts = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{int(part * 0.86):02x}" for part in parts)


if __name__ == "__main__":
    main()
