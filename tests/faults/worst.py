"""The application as it would be after the worst mistakes: everything that can say a secret aloud does.

Served by tests/faults/test_logs.py. The word to be said comes in the header `Word`, the mistake in `Mistake`.
"""

import logging
import threading
import warnings
from typing import Any

from flask import Response, request
from jinja2 import ChoiceLoader, DictLoader

from portal import create_app

app = create_app()
library = logging.getLogger("some.library")


def _break(value: object) -> str:
    raise ValueError(f"cannot show {value}")


class Worst(Exception):
    """Somebody's words in an exception of an unknown kind, with a note, caused by another."""


# Every message breaks the page that shows it, and says itself in the exception.
app.jinja_env.filters["fail"] = _break
app.jinja_env.loader = ChoiceLoader(
    [DictLoader({"messages/_line.html": "{{ message.html|fail }}"}), app.jinja_env.loader]
)
app.jinja_env.loader.loaders[0].mapping["messages/_message.html"] = "{{ message.html|fail }}"  # type: ignore[union-attr]


@app.before_request
def mistake() -> None:
    """Make the mistake that is asked for."""
    word, kind = request.headers.get("Word", ""), request.headers.get("Mistake", "")
    if kind == "library":
        _library(word)
    elif kind == "thread":
        thread = threading.Thread(target=_break, args=(word,))
        thread.start()
        thread.join()
    elif kind == "crash":
        _crash(word)
    elif kind == "key":
        raise KeyError(word)


@app.after_request
def late(response: Response) -> Response:
    """Break where no handler of ours is left, so that Flask itself tells of it."""
    if request.headers.get("Mistake") == "late":
        raise RuntimeError(request.headers["Word"])
    return response


def _library(word: str) -> None:
    """What libraries have been seen to do."""
    library.error("no answer from %s for %s", f"https://example.com/{word}", word)
    library.warning(f"dropped {word}")
    library.warning("a mapping of %(word)s", {"word": word})
    library.warning({"word": word})
    library.info("stack", stack_info=True, extra={"person": word, "rule": word})
    library.error("two values, one place: %s", word, word)
    warnings.warn(word, stacklevel=1)
    logging.getLogger("gunicorn.access").info("%s", word)
    logging.getLogger("werkzeug").error("%s", word)
    logging.getLogger("sqlalchemy.engine").info("%s", word)


def _crash(word: str) -> None:
    """An exception with the word in its arguments, its locals, its notes, its cause and its context."""
    held: dict[str, Any] = {"word": word}
    try:
        try:
            int(held["word"])
        except ValueError as error:
            raise OSError(5, word, word) from error
    except OSError as error:
        worst = Worst(word)
        worst.add_note(word)
        raise worst from error
