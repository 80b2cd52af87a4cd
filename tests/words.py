"""Words of the product, for tests: the French catalogue, and what a page of HTML shows."""

import re
from html.parser import HTMLParser
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "portal/translations/fr/LC_MESSAGES/messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# Attributes that people read or hear.
READ = "title placeholder aria-label alt hx-confirm data-confirm data-confirm-yes data-done data-left data-over".split()


def catalogue() -> Catalog:
    """The French catalogue as it is written."""
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def french() -> list[Message]:
    """Its messages, without the header."""
    return [message for message in catalogue() if message.id]


def shown(page: str) -> list[str]:
    """The texts of an HTML page, and of those attributes that people read; keys and scripts apart."""
    parser = _Texts()
    parser.feed(page)
    parser.close()
    return parser.found


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipped: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"kbd", "script", "style"}:
            self.skipped = tag
        self.found += [value.strip() for name, value in attrs if name in READ and value and value.strip()]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipped:
            self.skipped = None

    def handle_data(self, data: str) -> None:
        if self.skipped is None and data.strip():
            self.found.append(data.strip())
