"""Emoji, as the composer offers them: those of the `:short_codes:`, and those of the picker.

`python -m tools.emoji`, after the package `emoji` was updated, writes static/emoji.json: the codes that are suggested,
as the server understands them. What the picker shows is made by tools/vendor.py of emojibase-data. tests/test_emoji.py
holds both to the package.
"""

import json
import re
from pathlib import Path
from typing import Any

import emoji

FILE = Path(__file__).resolve().parent.parent / "static/emoji.json"
LANGUAGES = ("en", "fr")
OLD_ENOUGH = 13.0  # newer ones are missing on many devices
TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
AS_PICTURE = "\ufe0f"
COMPONENTS = 2  # a group of hair and skin, which are no emoji by themselves
_CODE = re.compile(r":([a-z0-9_+-]+):")
# Families, skin tones and flags make the list four times as long, and are found on every keyboard.
_LEFT_OUT = re.compile(f"[\u200d{TONES}\U0001f1e6-\U0001f1ff\U000e0020-\U000e007f]")

Data = dict[str, Any]


def codes() -> dict[str, str]:
    """{code without colons: character}, by code; the first name that people know each by."""
    found = {}
    for character, about in emoji.EMOJI_DATA.items():
        if not is_qualified(character) or about["E"] > OLD_ENOUGH or _LEFT_OUT.search(character):
            continue
        names = (_CODE.fullmatch(name) for name in (*about.get("alias", ()), about["en"]))
        for name in list(filter(None, names))[:2]:
            # Some codes name two characters; what the server takes is what counts.
            found[name[1]] = emoji.emojize(name[0], language="alias")
    return dict(sorted(found.items()))


def picker(language: str, package: Path) -> bytes:
    """The picker's emoji in a language, as JSON: [[key, [[character, name, more words, 1 if it has tones]]]]."""
    known = json.loads((package / language / "data.json").read_text())
    kinds = json.loads((package / language / "messages.json").read_text())["groups"]
    shown = sorted((one for one in known if _is_shown(one)), key=lambda one: one["order"])
    groups = [
        [kind["key"], [_entry(one) for one in shown if one["group"] == kind["order"]]]
        for kind in kinds
        if kind["order"] != COMPONENTS
    ]
    return (json.dumps(groups, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _is_shown(one: Data) -> bool:
    return one.get("group") not in {None, COMPONENTS} and one["version"] <= OLD_ENOUGH


def _entry(one: Data) -> list[str | int]:
    named = set(_words(one["label"]))
    also = [tag for tag in one.get("tags", ()) if not named.issuperset(_words(tag))]
    return [_character(one), one["label"], " ".join(also), *([1] if _takes_tones(one) else [])]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _character(one: Data) -> str:
    """As Unicode qualifies it: emojibase adds a sign to some that are pictures without it."""
    bare = str(one["emoji"]).removesuffix(AS_PICTURE)
    return bare if is_qualified(bare) else str(one["emoji"])


def is_qualified(character: str) -> bool:
    """Whether Unicode names it so, with every sign that belongs to it."""
    return emoji.EMOJI_DATA.get(character, {}).get("status") == emoji.STATUS["fully_qualified"]


def _takes_tones(one: Data) -> bool:
    """Whether a tone goes right behind the first character: the picker's whole grammar."""
    character = _character(one)
    first, rest = character[0], character[1:].removeprefix(AS_PICTURE)
    return {first + tone + rest for tone in TONES} <= {skin["emoji"] for skin in one.get("skins", ())}


def main() -> None:
    """Write the file of codes."""
    written = codes()
    FILE.write_text(json.dumps(written, ensure_ascii=False, separators=(",", ":"), indent=0) + "\n")
    print(f"{len(written)} codes -> {FILE.name}")


if __name__ == "__main__":
    main()
