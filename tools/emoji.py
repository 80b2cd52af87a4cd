"""Writes static/emoji.json: the `:short_codes:` that the composer suggests, as the server understands them.

Run by `python -m tools.emoji` after the package `emoji` was updated; tests/test_emoji.py holds the file to it.
"""

import json
import re
from pathlib import Path

import emoji

FILE = Path(__file__).resolve().parent.parent / "static/emoji.json"
OLD_ENOUGH = 13.0  # newer ones are missing on many devices
_CODE = re.compile(r":([a-z0-9_+-]+):")
# Families, skin tones and flags make the list four times as long, and are found on every keyboard.
_LEFT_OUT = re.compile("[\u200d\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff\U000e0020-\U000e007f]")


def codes() -> dict[str, str]:
    """{code without colons: character}, by code; the first name that people know each by."""
    found = {}
    for character, about in emoji.EMOJI_DATA.items():
        if about["status"] != emoji.STATUS["fully_qualified"] or about["E"] > OLD_ENOUGH or _LEFT_OUT.search(character):
            continue
        names = (_CODE.fullmatch(name) for name in (*about.get("alias", ()), about["en"]))
        for name in list(filter(None, names))[:2]:
            # Some codes name two characters; what the server takes is what counts.
            found[name[1]] = emoji.emojize(name[0], language="alias")
    return dict(sorted(found.items()))


def main() -> None:
    """Write the file."""
    written = codes()
    FILE.write_text(json.dumps(written, ensure_ascii=False, separators=(",", ":"), indent=0) + "\n")
    print(f"{len(written)} codes -> {FILE.name}")


if __name__ == "__main__":
    main()
