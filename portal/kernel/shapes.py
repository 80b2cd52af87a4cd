"""What settings look like."""

import re
from collections.abc import Mapping

PREFIX = "COMPTOIR_"

SECRET = re.compile(r"([!-~]{24,200})?")
PUBLIC_URL = re.compile(r"(?i)(https?://(?P<host>[\w.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)?")
SMTP_URL = re.compile(r"(smtps?://([^@/\s]+@)?([\w.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)?")
ADDRESS = re.compile(r"([^@\s<>,;\"]+@[\w.-]+)?")
LISTEN = re.compile(r"((lmtp|smtp)://([\w.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5})?")
IMAP_URL = re.compile(r"(imaps?://[^@/\s]+@([\w.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[^\s]*)?)?")
AUTHSERV_ID = re.compile(r"[\w.-]*")
WORKER = re.compile(r"embedded|apart")
BIND = re.compile(r"unix:.+|([A-Za-z0-9.-]*|\[[0-9a-f:.]+\]):[0-9]{1,5}")


class BadSetting(ValueError):
    """A setting that cannot be used; the text names it."""


def number(value: Mapping[str, str], name: str, least: int, most: int) -> int:
    """The whole number of a setting. Raises `BadSetting`."""
    text = value[name]
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise BadSetting(f"{PREFIX}{name} must be a whole number from {least} to {most}")
    return int(text)


def matching(value: Mapping[str, str], name: str, shape: re.Pattern[str], rule: str) -> str:
    """The text of a setting, without a slash at its end. Raises `BadSetting`, which tells the rule."""
    text = value[name].rstrip("/")
    if not shape.fullmatch(text):
        raise BadSetting(f"{PREFIX}{name} must {rule}")
    return text
