"""A page of somebody's as it looks, and nothing more: no script, no address that leads anywhere, no form that sends."""

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

DROPPED = frozenset({"script", "template", "base"})  # with what is in them
NAMED = frozenset({"csrf-token", "htmx-config", "unread"})  # of <meta>, which scripts alone read
UNSEEN = frozenset({"hidden", "file"})  # fields that scripts alone show or hide
LEADING = frozenset({"action", "formaction", "srcdoc", "ping", "target", "download"})


def still(html: str, styles: str = "", files: str = "", times: Callable[[str, str], str] | None = None) -> str:
    """`html` without whatever acts, asks or leads away.

    `styles` takes the place of the styles that are the reader's own; files of messages are at `files` instead;
    `times` writes what a script would of <time datetime data-format>.
    """
    parser = _Still(styles, files, times)
    parser.feed(html)
    parser.close()
    return "".join(parser.out)


class _Still(HTMLParser):
    """Writes down again what it reads."""

    def __init__(self, styles: str, files: str, times: Callable[[str, str], str] | None) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._styles, self._files, self._times = styles, files, times
        self._time = ""  # what stands for the words that come
        self._inside = 0  # how many dropped elements one is in

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self._inside += 1
        elif not self._inside:
            self._write(tag, dict(attrs), ">")
            if tag == "time" and self._times:
                named = dict(attrs)
                self._time = self._times(named.get("datetime") or "", named.get("data-format") or "short")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._inside and tag not in DROPPED:
            self._write(tag, dict(attrs), "/>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self._inside = max(0, self._inside - 1)
        else:
            self._say(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(self._time or data)
        self._time = ""

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def _say(self, words: str) -> None:
        if not self._inside:
            self.out.append(words)

    def _write(self, tag: str, attributes: dict[str, str | None], end: str) -> None:
        if (tag == "meta" and attributes.get("name") in NAMED) or attributes.get("type") in UNSEEN:
            return
        if tag == "link":
            attributes = self._linked(attributes)
            if not attributes:
                return
        kept = {name: self._kept(tag, name, value or "") for name, value in attributes.items()}
        if tag == "form":
            kept["inert"] = ""
        said = "".join(f' {name}="{escape(value)}"' for name, value in kept.items() if value is not None)
        self.out.append(f"<{tag}{said}{end}")

    def _linked(self, attributes: dict[str, str | None]) -> dict[str, str | None]:
        """Styles that everybody gets, and `styles` in the place of the first that is not so."""
        address = attributes.get("href") or ""
        if attributes.get("rel") != "stylesheet":
            return {}
        if address.startswith("/static/"):
            return attributes
        own, self._styles = self._styles, ""
        return {"rel": "stylesheet", "href": own} if own else {}

    def _kept(self, tag: str, name: str, value: str) -> str | None:
        """What stays of an attribute; None for nothing."""
        if name.startswith(("hx-", "on")) or name in LEADING or (name, value) == ("tabindex", "-1"):
            return None
        if self._files and value.startswith("/files/"):
            return self._files + value.removeprefix("/files/")
        if name == "href" and tag not in {"use", "link"}:
            return None
        leads = value.startswith(("/", "http:", "https:")) and not value.startswith(("/static/", "/pictures/"))
        return None if leads and tag != "link" else value
