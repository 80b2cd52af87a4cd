"""What can be wrong with a request, below the screens. `web.errors` has the words for each code."""


class Refusal(Exception):
    """A request that is not carried out. `code` names the reason; `values` fill its text."""

    status = 422

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class NotFound(Refusal):
    """Missing, or not for this person: one answer for both, so that it tells nothing."""

    status = 404

    def __init__(self) -> None:
        super().__init__("not_found")


class Forbidden(Refusal):
    """The person sees the thing and may not do this with it."""

    status = 403


class Conflict(Refusal):
    """It does not fit with what happened meanwhile."""

    status = 409


class Invalid(Refusal):
    """What was given cannot be used."""

    status = 422


class TooLarge(Refusal):
    """More than is taken."""

    status = 413


class SignedOut(Refusal):
    """The session ended, or the account was disabled, while the request was on its way."""

    status = 401

    def __init__(self) -> None:
        super().__init__("signed_out")


class TooMany(Refusal):
    """Too much of it at once; later it may be done."""

    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__("too_many")
        self.wait = wait  # seconds


class Unavailable(Refusal):
    """The database is locked, full or away; nothing was written, and trying again may help."""

    status = 503
