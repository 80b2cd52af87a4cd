"""The way in by HTTP: POST /mailbox with the raw mail as its body, signed with the secret of the settings.

X-Comptoir-Timestamp: seconds since 1970; five minutes off at most
X-Comptoir-Id:        names the mail; the same one is taken once
X-Comptoir-To, X-Comptoir-From: the envelope's, where it is known
X-Comptoir-Signature: hex HMAC-SHA256, by the secret, of timestamp, id, To and From, each with a line feed behind it
                      (an empty line for what is not sent), and the body
"""

import hashlib
import hmac

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from portal.actions import incoming
from portal.config import Settings
from portal.extensions import csrf
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from portal.kernel.mime.parsing import SIZE

SKEW = 300  # seconds
PLACE = "mailbox.take"


@csrf.exempt  # no browser and no cookie: the signature says who it is
def take() -> ResponseReturnValue:
    """Keep a mail; 200 once it is on disk and in the database. Whatever else is answered, it is to be sent again."""
    settings: Settings = current_app.config["COMPTOIR"]
    if not settings.webhook_secret:
        raise NotFound
    key = request.headers.get("X-Comptoir-Id", "")
    if not 0 < len(key) <= 200 or not key.isprintable():
        raise Invalid("bad_request")
    raw = _signed(settings.webhook_secret, key)
    to = [one.strip() for one in request.headers.get("X-Comptoir-To", "").split(",") if one.strip()]
    try:
        kept = incoming.take(
            raw, "webhook", sender=request.headers.get("X-Comptoir-From", ""), recipients=to, mark=f"webhook {key}"
        )
    except OSError as error:
        raise Unavailable("storage_full") from error
    return {"kept": kept}


def _signed(secret: str, key: str) -> bytes:
    """The body, when who has the secret sent it of late. Raises `Forbidden`."""
    given, at = request.headers.get("X-Comptoir-Signature", ""), request.headers.get("X-Comptoir-Timestamp", "")
    if not (at.isascii() and at.isdigit() and len(at) < 12) or abs(now().timestamp() - int(at)) > SKEW:
        raise Forbidden("forbidden")
    raw = request.get_data()
    right = hmac.new(secret.encode(), _head(at, key) + raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right.encode(), given.strip().lower().encode("utf-8", "replace")):
        raise Forbidden("forbidden")
    return raw


def _head(at: str, key: str) -> bytes:
    """What is signed before the body: to whom a mail is said to have come counts as much as what it says."""
    envelope = (request.headers.get(name, "") for name in ("X-Comptoir-To", "X-Comptoir-From"))
    return "".join(f"{line}\n" for line in (at, key, *envelope)).encode("utf-8", "replace")


def _make_room(endpoint: str | None, _values: object) -> None:
    """A mail is larger than any form."""
    if endpoint == PLACE:
        request.max_content_length = SIZE


def install(blueprint: Blueprint) -> None:
    """The address."""
    blueprint.add_url_rule("/mailbox", "take", take, methods=["POST"])
    blueprint.url_value_preprocessor(_make_room)
