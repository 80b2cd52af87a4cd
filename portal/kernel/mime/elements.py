"""The elements of a sound HTML tree as lines of text, in the order in which they come."""

import re
from html.parser import HTMLParser

LINES = {"div", "tr", "table", "section", "article", "header", "footer", "center", "dl", "dt", "dd", "address", "hr"}
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre"}
VOID = {"br", "hr", "img"}
_HIDDEN = re.compile(
    r"(?:^|[;\s])(?:display:none|visibility:hidden|mso-hide:all|max-height:0(?:px)?(?:;|!|$)|opacity:0(?:;|!|$))",
    re.IGNORECASE,
)
_NO_STROKE = re.compile(r"border(?:-left|-width)?\s{0,3}:\s{0,3}(?:none|0)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f\u200b]+")
_NAMED = re.compile(r"https?://|mailto:|tel:", re.IGNORECASE)  # what else there is leads nowhere from a mail
_RULE = "---"
_ADDRESS = 2000  # characters of a link's address


class Reader(HTMLParser):
    """Writes lines as elements come. A gap is written when words follow it, so that gaps never add up."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._now: list[str] = []  # the line that is being written
        self._gap = 0  # line ends wanted before the next words
        self._gaps: list[int] = []  # of each block that is open
        self._most = 2  # line ends that a paragraph may want: fewer at the begin of a row or an item
        self._glue = ""  # what parts this cell from the one before, in the same line
        self._hidden: list[str] = []  # open elements, from the hidden one on
        self._blocks: list[bool] = []  # blockquotes that are open, and whether they quote
        self._pre = 0
        self._lists: list[int | None] = []  # the number of the next item, of each list that is open
        self._links: list[tuple[str, int, int]] = []  # address, and where its words begin: line, piece

    def text(self) -> str:
        """All lines, with never more than one blank line in a row."""
        self._end()
        found = [line.rstrip() if line != "-- " else line for line in self._lines]
        return re.sub(r"\n(?:>*\n){2,}", "\n\n", "\n".join(found)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        given = {name: value or "" for name, value in attrs}
        if self._hidden or "hidden" in given or _HIDDEN.search(re.sub(r"\s*:\s*", ":", given.get("style", "")[:2000])):
            if tag not in VOID:
                self._hidden.append(tag)
            return
        if tag in {"td", "th"}:
            self._cell()
        elif tag in PARAGRAPHS | LINES:
            gap = 2 if self._apart(tag, given) else 1
            self._want(gap)
            if tag not in VOID:
                self._gaps.append(gap)
        begin = getattr(self, f"_begin_{tag}", None)
        if begin:
            begin(given)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._hidden:
            self._hidden.pop()
            return
        end = getattr(self, f"_end_{tag}", None)
        if end:
            end()
        if tag in PARAGRAPHS | LINES and self._gaps:
            self._want(self._gaps.pop())

    def handle_data(self, data: str) -> None:
        """Write words."""
        if self._hidden:
            return
        if self._pre:
            for number, line in enumerate(data.split("\n")):
                if number:
                    self._end(always=True)
                self._write(line)
            return
        words = _SPACE.sub(" ", data)
        if words.strip(" ") or (words and self._now and not self._gap and not self._now[-1].endswith(" ")):
            self._write(words)

    def _apart(self, tag: str, given: dict[str, str]) -> bool:
        """Whether a blank line belongs around it. Outlook's paragraphs are lines, and its blank lines paragraphs."""
        if tag in {"ul", "ol"}:
            return len(self._lists) < 1
        return tag in PARAGRAPHS and not given.get("class", "").startswith(("Mso", "x_Mso"))

    def _want(self, gap: int) -> None:
        if not self._glue:
            self._gap = max(self._gap, min(gap, self._most))

    def _cell(self) -> None:
        """The next cell of a row goes on in its line."""
        if self._now:
            self._glue, self._gap = " | ", 0
        else:
            self._most, self._gap = 1, min(self._gap, 1)

    def _write(self, words: str, item: bool = False) -> None:
        if words.strip():
            self._most = 2
        if self._glue and words.strip():
            words, self._glue = self._glue + words.lstrip(" "), ""
        if self._gap:
            self._end()
            if self._gap > 1:
                self._blank()
            self._gap = 0
        self._now.append(words if self._now or self._pre or item else words.lstrip(" "))

    def _blank(self) -> None:
        if self._lines and self._lines[-1].strip("> \xa0"):
            self._lines.append(">" * self._quotes)

    def _end(self, always: bool = False) -> None:
        """End the line that is being written; an empty one only where that is meant."""
        words = "".join(self._now)
        if words.strip(" \t\n") or always:  # a no-break space alone is how Outlook writes a blank line
            self._lines.append(">" * self._quotes + (" " if self._quotes and words.strip() else "") + words)
        self._now = []
        self._glue = ""

    def _begin_tr(self, _given: dict[str, str]) -> None:
        self._end()

    def _begin_br(self, _given: dict[str, str]) -> None:
        if self._gap and self._now:
            self._end()
        self._gap = 0
        self._end(always=True)

    def _begin_hr(self, _given: dict[str, str]) -> None:
        self._write(_RULE)
        self._gap = 1

    def _begin_img(self, given: dict[str, str]) -> None:
        """A picture is an attachment, or a pixel that counts readers; one that stands for an emoji is a word."""
        words = given.get("alt", "")
        if 0 < len(words) <= 8 and not words.isascii():
            self._write(words)

    def _begin_pre(self, _given: dict[str, str]) -> None:
        self._pre += 1

    def _end_pre(self) -> None:
        self._pre = max(0, self._pre - 1)

    def _begin_blockquote(self, given: dict[str, str]) -> None:
        """A quote has a stroke beside it; without one it is what people indent in their own words."""
        indents = bool(_NO_STROKE.search(given.get("style", "")[:2000])) and "quote" not in given.get("class", "")
        self._end()
        self._blank()
        self._gap = 0
        self._blocks.append(not indents)

    def _end_blockquote(self) -> None:
        self._end()
        self._blocks[-1:] = []

    @property
    def _quotes(self) -> int:
        return sum(self._blocks)

    def _begin_ul(self, _given: dict[str, str]) -> None:
        self._lists.append(None)

    def _begin_ol(self, given: dict[str, str]) -> None:
        start = given.get("start", "")
        self._lists.append(int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1)

    def _end_ul(self) -> None:
        self._lists[-1:] = []

    _end_ol = _end_ul

    def _begin_li(self, _given: dict[str, str]) -> None:
        self._gap = max(self._gap, 1)
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self._write(
            "  " * min(8, max(0, len(self._lists) - 1)) + ("-" if number is None else f"{number}.") + " ", item=True
        )
        self._glue, self._most = "", 0

    def _end_li(self) -> None:
        self._want(1)

    def _begin_a(self, given: dict[str, str]) -> None:
        self._links.append((given.get("href", ""), len(self._lines), len(self._now)))

    def _end_a(self) -> None:
        """Put the address behind the words, unless they are the address."""
        if not self._links:
            return
        address, line, piece = self._links.pop()
        words = "".join(self._now[piece:] if line == len(self._lines) else self._now).strip()
        bare = re.sub(r"^(?:mailto:|tel:|https?://(?:www\.)?)", "", address).rstrip("/")
        said = re.sub(r"^(?:mailto:|https?://)?(?:www\.)?", "", words).rstrip("/")
        if words and bare and len(address) <= _ADDRESS and _NAMED.match(address) and not said.startswith(bare):
            self._write(f" <{address}>")
