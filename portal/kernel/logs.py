"""The log: what happened, where and how long it took; never a message, a name, an address or a token (SPEC O4).

Our own lines are constant words with numbers and names of our own rules in them. Other people's lines (Flask,
libraries) may hold paths, and with them ids and tokens: of their values only numbers are kept, and of a line that
was put together before, only where it comes from. JSON, one object a line; readable where a person looks on at a
terminal. See also portal/kernel/blank.py.
"""

import logging
import sys
import threading
import warnings
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from portal.kernel import blank

FIELDS = ("method", "rule", "status", "ms", "person")  # what a line of ours may bring along, beside its words
# Lines of gunicorn whose words are its own: versions, signals, classes.
_KEPT = ("Starting gunicorn", "Using worker", "Handling signal", "Worker (pid:%s)", "Hang up")
# Lines of gunicorn that have what a stranger sent put in already.
_REPLACED = {"Invalid request from ip=": "An unreadable request was refused"}
_OWN = "portal."
_CONSTANT = (_OWN, "gunicorn.error", "flask_wtf.csrf")  # whose lines without values hold none
_NAME = "comptoir"  # of our handler, so that there is one

log = logging.getLogger("portal.process")
_request: ContextVar[str] = ContextVar("request", default="")


def about(request: str) -> None:
    """From now on, all that this thread logs belongs to that request."""
    _request.set(request)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Have everything that this process logs come out in one shape. Calling it again changes nothing twice."""
    root, form = logging.getLogger(), _formatter(stream or sys.stderr)
    for handler in [one for one in root.handlers if one.name == _NAME]:
        root.removeHandler(handler)
    ours = logging.StreamHandler(stream or sys.stderr)
    ours.name = _NAME
    ours.setFormatter(form)
    root.addHandler(ours)
    root.setLevel(level)
    _take_over(form, level)
    threading.excepthook = lambda end: _broke(end.exc_type, end.exc_value, end.exc_traceback)
    sys.unraisablehook = lambda end: _broke(end.exc_type, end.exc_value, end.exc_traceback)
    warnings.showwarning = _warned


def _take_over(form: logging.Formatter, level: str) -> None:
    """gunicorn has handlers of its own, by its own options; the shape is ours. Access logs are lists of addresses."""
    logging.getLogger("gunicorn.error").setLevel(level)
    for handler in logging.getLogger("gunicorn.error").handlers:
        handler.setFormatter(form)
    for name in ("gunicorn.access", "werkzeug"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # These tell each step of theirs, with values in it, to whoever asks for more.
    for name in ("sqlalchemy", "alembic", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _formatter(stream: TextIO) -> logging.Formatter:
    import structlog
    from structlog.stdlib import ProcessorFormatter

    render: Any = structlog.processors.JSONRenderer()
    if stream.isatty():
        render = structlog.dev.ConsoleRenderer(timestamp_key="time", exception_formatter=structlog.dev.plain_traceback)
    return ProcessorFormatter(
        foreign_pre_chain=[_line],
        processors=[ProcessorFormatter.remove_processors_meta, render],
        use_get_message=False,  # `_line` puts the values in, those that may be told
        pass_foreign_args=True,
    )


def _line(_logger: object, _name: str, given: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord = given["_record"]
    line: dict[str, Any] = {
        "time": _time(record),
        "level": record.levelname.lower(),
        "event": said(record, given["positional_args"]),
        "logger": record.name,
        "_record": record,
        "_from_structlog": False,
    }
    if request := _request.get():
        line["request"] = request
    line.update((name, record.__dict__[name]) for name in FIELDS if name in record.__dict__ and _is_ours(record))
    if record.exc_info and record.exc_info[1]:
        line["exception"] = blank.traceback(record.exc_info[1])
    return line


def said(record: logging.LogRecord, args: Any) -> str:
    """The words of a record, with those of its values that may be told."""
    template = str(record.msg)
    for beginning, words in _REPLACED.items():
        if template.startswith(beginning):
            return words
    if not args and not record.name.startswith(_CONSTANT):
        return f"{blank.MARK} ({Path(record.pathname).name}:{record.lineno})"
    keep = _is_ours(record) or template.startswith(_KEPT)
    if isinstance(args, Mapping):
        args = {name: _value(value, keep) for name, value in args.items()}
    elif args:
        args = tuple(_value(value, keep) for value in args)
    try:
        return blank.words(template % args if args else template)
    except (TypeError, ValueError, KeyError):
        return blank.words(template)


def _value(value: object, keep: bool) -> object:
    if isinstance(value, BaseException):
        return blank.exception(value)
    return value if keep or isinstance(value, int | float) or value is None else blank.MARK


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.startswith(_OWN)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _broke(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    log.error("something ended by an error", exc_info=(kind, error or kind(), trace))


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """As Python wants it; the words of a warning may be anything."""
    log.warning("a %s from %s, line %s", category.__name__, Path(filename).name, lineno)
