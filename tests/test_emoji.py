"""What the composer suggests is what the server makes of the same code: both ways of writing give one message."""

import json

from portal.kernel.text import render
from tools.emoji import FILE, codes

SUGGESTED: dict[str, str] = json.loads(FILE.read_text())


def test_the_file_is_what_the_package_knows() -> None:
    assert codes() == SUGGESTED


def test_every_suggested_code_becomes_the_suggested_character() -> None:
    wrong = {code for code, character in SUGGESTED.items() if render(f":{code}:") != f"<p>{character}</p>"}
    assert wrong == set()


def test_the_usual_ones_are_there() -> None:
    assert {"smile", "tada", "+1", "heart", "thinking", "fire", "eyes"} <= set(SUGGESTED)
