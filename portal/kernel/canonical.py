"""One form of what is put on record, so that its hash can be made again by anybody (RFC 8785).

JSON in UTF-8, keys sorted, no space between; texts and whole numbers alone, for which this is what the RFC says.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime


def canonical(record: Mapping[str, object]) -> str:
    """The canonical form. Keys have to be ASCII; times go in as `utc` says them."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(form: str) -> str:
    """The hash of a form's bytes, as hex."""
    return hashlib.sha256(form.encode("utf-8")).hexdigest()


def utc(at: datetime) -> str:
    """A moment to the second, in UTC (RFC 3339)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
