"""What is taken out of words before they are logged: whatever could be somebody's.

Exceptions often quote the value that they did not like. Where they come from and which they are is told in any
case; their words only where those are about our program and not about what somebody sent.
"""

import errno
import re
import traceback as library

MARK = "…"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"[^\s@<>\"'()]+@[^\s@<>\"'()]+",  # e-mail addresses, and what stands before a host in a URL
        r"\b[a-zA-Z][\w+.-]*://\S+",
        r"\S*\?\S*=\S*",  # what has a query string
        r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])",
        r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])",
        r"(?<!\w)(?=[\w.-]*\d)(?=[\w.-]*[A-Za-z])[\w.-]{20,}",  # long and mixed: a token, a cookie, an id
    )
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|«[^»]*»|“[^”]*”|`[^`]*`")
# Their words name types, attributes and modules.
_ABOUT_CODE = (TypeError, AttributeError, NameError, ImportError, IndexError, RecursionError, NotImplementedError)
_FIRST_LINE = ("sqlalchemy.", "sqlite3", "psycopg", "jinja2.")  # what follows it is the statement, or the template


def words(text: str) -> str:
    """`text` without addresses, links and tokens."""
    for pattern in _PATTERNS:
        text = pattern.sub(MARK, text)
    return text


def exception(error: BaseException) -> str:
    """What may be told of an exception: its words, some of them, or its name alone."""
    name = type(error).__name__
    if isinstance(error, OSError):
        # By its number: its words can be anybody's, and it names the file.
        code = errno.errorcode.get(error.errno or 0)
        return f"{name}: {code}" if code else name
    if isinstance(error, _ABOUT_CODE) or type(error).__module__.startswith("portal."):
        return f"{name}: {words(str(error))}"
    if type(error).__module__.startswith(_FIRST_LINE):
        return f"{name}: {words(_QUOTED.sub(MARK, str(error).partition(chr(10))[0]))}"
    return name


def traceback(error: BaseException) -> str:
    """A traceback as Python prints it, with those before it, without values: no locals, and words as above."""
    parts, seen, following = [], set[int](), ""
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        frames = "".join(library.format_tb(now.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{exception(now)}\n{following}")
        cause, context = now.__cause__, None if now.__suppress_context__ else now.__context__
        following = "\nwhich led to\n\n"
        now = cause or context
    return "".join(reversed(parts)).rstrip("\n")
