"""The mails of this room: written in the forms of real programs, kept byte for byte."""

from pathlib import Path

from portal.kernel.mime import Piece

MAILS = Path(__file__).parent / "mails"


def names(folder: str) -> list[str]:
    """The mails of a folder."""
    return sorted(path.stem for path in (MAILS / folder).glob("*.eml"))


def raw(folder: str, name: str) -> bytes:
    """A mail as it came."""
    return (MAILS / folder / f"{name}.eml").read_bytes()


def everything() -> list[bytes]:
    """All mails."""
    return [path.read_bytes() for path in sorted(MAILS.rglob("*.eml"))]


def own(name: str) -> str:
    """The words that the author of a reply wrote: what is to be shown, and nothing else."""
    return (MAILS / "replies" / f"{name}.txt").read_text(encoding="utf-8")


def shown(pieces: tuple[Piece, ...]) -> str:
    """What a reader sees before unfolding anything."""
    return "".join(piece.text for piece in pieces if not piece.folded)


def lines(text: str) -> list[str]:
    """The lines with something in them, without the spaces around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]
