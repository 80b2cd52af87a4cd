"""The French catalogue is complete, compiled, and set as French is (SPEC O6)."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo

from tests import words
from tests.words import PLACEHOLDER, PO, ROOT

FUNCTIONS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None}

OPERATOR = re.compile(r"[a-z]+:\S+")  # of a search: typed, without a space

Key = tuple[str | None, str]


def key(message: Message) -> Key:
    """What a catalogue knows a message by."""
    return message.context, message.id[0] if isinstance(message.id, tuple) else message.id


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """The singular and the plural, or the one text there is."""
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.fixture(scope="module")
def french() -> list[Message]:
    """The catalogue."""
    return words.french()


@pytest.fixture(scope="module")
def said() -> Catalog:
    """What portal and templates say, collected anew."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, settings = parse_mapping_cfg(mapping)
    found = Catalog()
    for _, _, text, _, context in extract_from_dir(
        ROOT, methods, settings, FUNCTIONS, directory_filter=lambda path: bool({"portal", "templates"} & _parts(path))
    ):
        found.add(text, context=context)
    return found


def test_the_catalogue_has_exactly_what_is_said(french: list[Message], said: Catalog) -> None:
    there, wanted = {key(message) for message in french}, {key(message) for message in said if message.id}
    assert len(wanted) > 300
    assert wanted - there == set(), "run bin/translate, and write the French"
    assert there - wanted == set(), "run bin/translate"


def test_everything_is_translated(french: list[Message]) -> None:
    assert [key(message) for message in french if message.fuzzy or not all(forms(message.string))] == []
    plurals = [message for message in french if message.pluralizable]
    assert plurals
    assert {len(message.string) for message in plurals} == {2}


def test_placeholders_are_the_same_in_both_languages(french: list[Message]) -> None:
    for message in french:
        wanted = [sorted(PLACEHOLDER.findall(text)) for text in forms(message.id)]
        assert [sorted(PLACEHOLDER.findall(text)) for text in forms(message.string)] == wanted, message.id


def test_what_is_compiled_is_what_is_written() -> None:
    compiled = BytesIO()
    write_mo(compiled, words.catalogue())
    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run bin/translate"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (r"['\"]", "’ is the apostrophe, « » are the quotation marks"),
        (r"[“”]", "« » are the quotation marks"),
        (r"(?<!\u202f)[;!?]", "a narrow no-break space stands before ; ! ?"),
        (r"(?<!\u00a0)[:»]", "a no-break space stands before : and »"),
        (r"«(?!\u00a0)", "a no-break space stands after «"),
        (r"\.\.\.", "… is one character"),
        (r"  |^ | $", "no spaces at the ends, and none twice"),
        (r"\b(?i:tu|ton|tes|ta)\b", "people are addressed as vous"),
    ],
)
def test_french_is_set_as_french(french: list[Message], wrong: str, why: str) -> None:
    prose = [message for message in french if not OPERATOR.fullmatch(key(message)[1])]
    texts = [PLACEHOLDER.sub("x", text) for message in prose for text in forms(message.string)]
    assert [text for text in texts if re.search(wrong, text)] == [], why


def test_english_is_set_as_english(french: list[Message]) -> None:
    texts = [text for message in french for text in forms(message.id)]
    assert [text for text in texts if re.search(r"['\"]|\.\.\.|  |^ | $", text)] == []
    american = r"(?i)\b(colors?|organiz\w+|recogniz\w+|center|canceled|favorites?)\b"
    assert [text for text in texts if re.search(american, text)] == []


def test_the_words_of_the_product_are_those_agreed(french: list[Message]) -> None:
    said = {message.id: message.string for message in french if message.context is None}
    assert said["Send"] == "Envoyer"
    assert said["Send to team only"] == "Envoyer à l’équipe seulement"
    assert said["Note"] == "Message silencieux"
    assert said["Space"] == "Espace client"
    assert (said["Brand"], said["Discussion"], said["Staff"]) == ("Marque", "Discussion", "Équipe")


def _parts(path: str) -> set[str]:
    return set(Path(path).resolve().relative_to(ROOT).parts)
