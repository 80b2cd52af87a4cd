"""Where mails come from, where their links lead, and where they are answered."""

from typing import NamedTuple

from portal.config import Settings
from portal.extensions import secret_key
from portal.kernel import tokens


class House(NamedTuple):
    """Of the settings: the address that mails come from, what links begin with, and whose mail comes in (or "")."""

    sender: str
    url: str
    reply_address: str

    @classmethod
    def of(cls, settings: Settings) -> "House":
        """This installation's."""
        return cls(settings.sender, settings.address, settings.reply_address)

    @property
    def domain(self) -> str:
        """What stands behind the @ of Message-IDs."""
        return self.sender.rpartition("@")[2]

    def answered_at(self, key: str) -> str:
        """Where the mail `key` is answered, and comes back to; empty where no mail comes in."""
        name, _, domain = self.reply_address.rpartition("@")
        return f"{name}+{reply_secret(key)}@{domain}" if name else ""

    def reply(self, key: str) -> str | None:
        """What is kept of that address, to know it again."""
        return tokens.digest(reply_secret(key)) if self.reply_address else None


def reply_secret(key: str) -> str:
    """What in its address names the mail `key` (SPEC E4)."""
    return tokens.derive(secret_key(), "reply", key)
