"""HTML of a mail as good plain text. nh3 makes a sound tree of whatever came; only that is read here."""

import html as library
import re

import nh3

from portal.kernel.mime.elements import LINES, PARAGRAPHS, VOID, Reader

DEPTH = 1500  # elements in elements; beyond, building the tree takes seconds

_TAGS = LINES | PARAGRAPHS | VOID | {"a", "li", "td", "th", "span", "font", "tbody", "thead", "tfoot", "b", "i"}
_ATTRIBUTES = {"*": {"style", "class", "hidden"}, "a": {"href"}, "img": {"alt"}, "ol": {"start"}}
_WITHOUT_WORDS = {"script", "style", "title", "template", "noscript", "textarea", "select", "svg", "math", "object"}

_TAG = re.compile(r"<(/?)([a-zA-Z]{1,20})")
_NEVER_CLOSED = {"br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "p", "li", "td", "tr", "th"}
_DATA = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=]*")


def to_text(html: str) -> str:
    """What a reader sees of `html`, in lines: links with their address, lists, rows of tables, quotes behind `>`.

    Elements that are hidden, scripts, styles and pictures are left out.
    """
    html = _DATA.sub("", html.replace("\x00", ""))
    if _depth(html) > DEPTH:
        return _crude(html)
    sound = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_WITHOUT_WORDS,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    reader = Reader()
    reader.feed(sound)
    reader.close()
    # An unclosed comment or tag swallows all that follows it; what a browser does not show may be all there is.
    return reader.text() or _crude(html)


def _depth(html: str) -> int:
    """At least how deep elements stand in each other."""
    deepest = now = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _NEVER_CLOSED:
            now += -1 if closing else 1
            deepest = max(deepest, now)
    return max(deepest, html.count("<p") - html.count("</p"))


def _crude(html: str) -> str:
    """Without anything between angle brackets, for what is hardly HTML."""
    return library.unescape(re.sub(r"<[^<>]{0,2000}>", " ", html)).strip()
