"""What the composer suggests is what the server makes of the same code: both ways of writing give one message."""

import json

import pytest

from portal.kernel.text import render
from tools.emoji import AS_PICTURE, FILE, LANGUAGES, TONES, codes, is_qualified

PICKER = FILE.parent / "vendor/emojibase"
SUGGESTED: dict[str, str] = json.loads(FILE.read_text())


def test_the_file_is_what_the_package_knows() -> None:
    assert codes() == SUGGESTED


def test_every_suggested_code_becomes_the_suggested_character() -> None:
    wrong = {code for code, character in SUGGESTED.items() if render(f":{code}:") != f"<p>{character}</p>"}
    assert wrong == set()


def test_the_usual_ones_are_there() -> None:
    assert {"smile", "tada", "+1", "heart", "thinking", "fire", "eyes"} <= set(SUGGESTED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picker_gives_what_unicode_qualifies(language: str) -> None:
    """A sign too few, and a device draws a letter or two pictures in the place of one."""
    groups = picked(language)
    every = [entry for _, entries in groups for entry in entries]
    assert len(every) == len({entry[0] for entry in every}) > 1500
    toned = [_in_tone(entry[0], tone) for entry in every if len(entry) == 4 for tone in TONES]
    assert len(toned) > 1000
    wrong = [one for one in [*toned, *(entry[0] for entry in every)] if not is_qualified(one)]
    assert wrong == []


def test_the_picker_has_the_same_in_every_language_under_its_own_names() -> None:
    english, french = (picked(language) for language in LANGUAGES)
    assert [key for key, *_ in english] == [key for key, *_ in french]
    for (_, theirs), (_, ours) in zip(english, french, strict=True):
        assert [entry[0] for entry in theirs] == [entry[0] for entry in ours]
    assert ["❤️", "cœur rouge"] in [entry[:2] for entry in french[0][1]]
    assert all(entry[1] for _, entries in [*english, *french] for entry in entries)


def picked(language: str) -> list[tuple[str, list[list[str]]]]:
    """What the picker shows in a language: (key, entries) of each group."""
    groups: list[tuple[str, list[list[str]]]] = json.loads((PICKER / f"{language}.json").read_text())
    return groups


def _in_tone(character: str, tone: str) -> str:
    """As the picker does it."""
    return character[0] + tone + character[1:].removeprefix(AS_PICTURE)
