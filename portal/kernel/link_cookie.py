"""The cookie of a browser in which somebody has given a code: a secret for each person, of which digests are kept."""

YEAR = 365 * 24 * 3600  # seconds
MOST = 5  # people of one browser; the first gives way


def name(*, secure: bool) -> str:
    """What it is called; by https it is for this host alone."""
    return "__Host-comptoir-links" if secure else "comptoir-links"


def secrets(cookie: str) -> tuple[str, ...]:
    """The secrets in it."""
    return tuple(secret for secret in cookie.split(".") if secret)[-MOST:]


def with_secret(cookie: str, secret: str) -> str:
    """The same with one more."""
    return ".".join((*secrets(cookie), secret)[-MOST:])
