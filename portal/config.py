"""Every setting, in one table. Read once at the start, from the environment."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from limits import parse_many

from portal.kernel import shapes
from portal.kernel.shapes import PREFIX as PREFIX, BadSetting as BadSetting

ROOT = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("INFO", "WARNING", "ERROR")  # gunicorn's DEBUG writes addresses, and with them secrets of links
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})  # hosts that only this machine reaches

# name, default, what it is
SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("VAR", "var", "directory of what this installation owns: database, secret key, uploads"),
    ("DATABASE_URL", "", "sqlite:///… or postgresql://…; empty: comptoir.db in VAR"),
    ("SECRET_KEY", "", "signs cookies and links; empty: made once, kept in VAR/secret_key (mode 0600)"),
    ("PUBLIC_URL", "", "address that people use, such as https://portal.example.com; goes into links"),
    ("BIND", "127.0.0.1:8000", "where the web server listens"),
    ("SOCKETS", "5000", "pages that may be open at once; each takes a file of the system and some 45 KiB"),
    ("THREADS", "64", "threads of the web process that answer requests; none starts before it is needed"),
    ("TRUSTED_HOSTS", "", "host names answered, by comma; empty: that of PUBLIC_URL, or any without PUBLIC_URL"),
    ("TRUSTED_PROXIES", "0", "how many proxies stand in front and set X-Forwarded-For, -Proto and -Host"),
    (
        "SMTP_URL",
        "",
        "mail server: smtp://user:password@mail.example.com:587 (STARTTLS) or smtps://…; empty: mails go to VAR/mail",
    ),
    ("MAIL_FROM", "", "address that mails come from, such as portal@example.com; needed with SMTP_URL"),
    (
        "REPLY_ADDRESS",
        "",
        "address whose mail comes in here, such as reply@example.com; mails are answered at reply+…@example.com",
    ),
    ("MAIL_LISTEN", "", "where mail is taken: lmtp://127.0.0.1:8024 or smtp://…; empty: nowhere"),
    ("IMAP_URL", "", "mailbox to look into: imaps://user:password@mail.example.com/INBOX; empty: none"),
    ("WEBHOOK_SECRET", "", "signs mail that comes to /mailbox by HTTP; empty: there is no such address"),
    ("AUTHSERV_ID", "", "name of one’s own mail server in Authentication-Results; with it, DMARC proves who sent"),
    ("WORKER", "embedded", "who sends mails: embedded (the web process) or apart (comptoir worker)"),
    ("INVITATION_DAYS", "14", "how long an invitation can be used"),
    ("SESSION_DAYS", "30", "how long a device stays signed in without being used"),
    ("SIGN_IN_LIMIT", "10 per 5 minutes", "tries of signing in, for each account and for each network address"),
    ("WRITE_LIMIT", "120 per minute", "messages that one person may send"),
    ("LOG_LEVEL", "INFO", "INFO, WARNING or ERROR"),
    ("DEMO", "0", "1: a page shows everybody’s mails, where none are sent; never in production"),
    ("METRICS_TOKEN", "", "opens /metrics to who sends it (Authorization: Bearer …); empty: there is no such page"),
)


@dataclass(frozen=True)
class Settings:
    """The settings of one process. Paths are absolute, URLs normalised, hosts in lower case."""

    var: Path
    database_url: str = field(repr=False)  # may hold a password
    secret_key: str = field(repr=False)
    public_url: str
    bind: str
    sockets: int
    threads: int
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    smtp_url: str = field(repr=False)  # may hold a password
    mail_from: str
    reply_address: str
    mail_listen: str
    imap_url: str = field(repr=False)  # may hold a password
    webhook_secret: str = field(repr=False)
    authserv_id: str
    worker: str
    invitation_days: int
    session_days: int
    sign_in_limit: str
    write_limit: str
    log_level: str
    demo: bool
    metrics_token: str = field(repr=False)

    @classmethod
    def load(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Settings from `environment` (default: the process's). Raises `BadSetting` with the name."""
        given = os.environ if environment is None else environment
        value = {name: given.get(PREFIX + name, default).strip() for name, default, _ in SETTINGS}
        var = (ROOT / value["VAR"]).resolve()
        public_url = shapes.matching(
            value, "PUBLIC_URL", shapes.PUBLIC_URL, "look like https://portal.example.com"
        ).lower()
        return cls(
            var=var,
            database_url=_database_url(value["DATABASE_URL"], var),
            secret_key=value["SECRET_KEY"] or _kept_secret(var),
            public_url=public_url,
            bind=shapes.matching(value, "BIND", shapes.BIND, "look like 127.0.0.1:8000 or unix:/run/comptoir.sock"),
            sockets=shapes.number(value, "SOCKETS", 8, 1_000_000),
            threads=shapes.number(value, "THREADS", 8, 30_000),
            trusted_hosts=_hosts(value["TRUSTED_HOSTS"], public_url),
            trusted_proxies=shapes.number(value, "TRUSTED_PROXIES", 0, 9),
            smtp_url=_smtp_url(value),
            mail_from=shapes.matching(value, "MAIL_FROM", shapes.ADDRESS, "be one e-mail address"),
            reply_address=shapes.matching(value, "REPLY_ADDRESS", shapes.ADDRESS, "be one e-mail address").lower(),
            mail_listen=shapes.matching(value, "MAIL_LISTEN", shapes.LISTEN, "look like lmtp://127.0.0.1:8024"),
            imap_url=shapes.matching(
                value, "IMAP_URL", shapes.IMAP_URL, "look like imaps://user:password@mail.example.com/INBOX"
            ),
            webhook_secret=shapes.matching(
                value, "WEBHOOK_SECRET", shapes.SECRET, "have 24 characters or more, without spaces"
            ),
            authserv_id=shapes.matching(value, "AUTHSERV_ID", shapes.AUTHSERV_ID, "look like mx.example.com").lower(),
            worker=shapes.matching(value, "WORKER", shapes.WORKER, "be embedded or apart"),
            invitation_days=shapes.number(value, "INVITATION_DAYS", 1, 365),
            session_days=shapes.number(value, "SESSION_DAYS", 1, 400),
            sign_in_limit=_limit(value, "SIGN_IN_LIMIT"),
            write_limit=_limit(value, "WRITE_LIMIT"),
            log_level=_log_level(value["LOG_LEVEL"]),
            demo=bool(shapes.number(value, "DEMO", 0, 1)),
            metrics_token=shapes.matching(
                value, "METRICS_TOKEN", shapes.SECRET, "have 24 characters or more, without spaces"
            ),
        )

    @property
    def sqlite_path(self) -> Path | None:
        """Where the SQLite file lies, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url[len(prefix) :]) if self.database_url.startswith(prefix) else None

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or "comptoir@localhost"

    @property
    def shows_mails(self) -> bool:
        """Whether a page shows the mails that were not sent: to try things out, where nobody's privacy is at stake."""
        return self.demo and not self.smtp_url and not self.in_production and not self.trusted_proxies

    @property
    def address(self) -> str:
        """What links in mails begin with: PUBLIC_URL, or this machine's own where nobody else comes."""
        return self.public_url or f"http://{self.bind}"

    @property
    def connections(self) -> int:
        """How many connections of requests are open at most, whether waiting, slow or being answered."""
        return self.threads * 16

    @property
    def secure(self) -> bool:
        """Whether people come by https, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    @property
    def in_production(self) -> bool:
        """Whether people come over a network, and not one person on this machine.

        PUBLIC_URL says so, or without it an address to listen on that others reach. (With a PUBLIC_URL of this
        machine no other name is answered, so that it may be named to try things out.)
        """
        found = shapes.PUBLIC_URL.fullmatch(self.public_url)
        if found and found["host"]:
            return found["host"] not in HERE
        return not self.bind.startswith("unix:") and self.bind.rpartition(":")[0] not in HERE

    def safety(self) -> tuple[tuple[bool, str, str], ...]:
        """(whether it holds, what must hold in production, what to do about it) for each condition."""
        return (
            (
                len(self.secret_key) >= 32 and len(set(self.secret_key)) >= 8,
                "the secret key is long, and not one that could be guessed",
                f"Set {PREFIX}SECRET_KEY to 32 random characters or more, or leave it empty.",
            ),
            (
                self.secure,
                "people come by https, and cookies insist on it",
                f"Set {PREFIX}PUBLIC_URL to an https:// address.",
            ),
            (
                bool(self.trusted_hosts),
                "only known host names are answered",
                f"Set {PREFIX}TRUSTED_HOSTS to the names at which people come.",
            ),
        )

    def refusals(self) -> tuple[str, ...]:
        """What to do before this may be served in production; nothing on one's own machine."""
        if not self.in_production:
            return ()
        return tuple(remedy for holds, _, remedy in self.safety() if not holds)


def _database_url(url: str, var: Path) -> str:
    if not url:
        return f"sqlite:///{var / 'comptoir.db'}"
    if url.startswith("sqlite:///"):
        return f"sqlite:///{(ROOT / url.removeprefix('sqlite:///')).resolve()}"
    scheme, found, rest = url.partition("://")
    if found and scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    raise BadSetting(f"{PREFIX}DATABASE_URL must begin with sqlite:/// or postgresql://")


def _kept_secret(var: Path) -> str:
    """The secret key in `var`, made at the first start; only its owner may read it.

    It appears whole or not at all, and the first of two processes that start together wins.
    """
    path, draft = var / "secret_key", var / f".secret_key.{secrets.token_hex(4)}"
    if not path.exists():
        var.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is written in it later is nobody else's to read
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def _smtp_url(value: Mapping[str, str]) -> str:
    url = shapes.matching(value, "SMTP_URL", shapes.SMTP_URL, "look like smtp://user:password@mail.example.com:587")
    if url and not value["MAIL_FROM"]:
        raise BadSetting(f"{PREFIX}MAIL_FROM must be set with {PREFIX}SMTP_URL")
    return url


def _limit(value: Mapping[str, str], name: str) -> str:
    """Checked now, because a limit that cannot be read would only fail when somebody comes."""
    try:
        parse_many(value[name])
    except ValueError as error:
        raise BadSetting(f"{PREFIX}{name} must look like 10 per 5 minutes") from error
    return value[name]


def _log_level(text: str) -> str:
    if text.upper() not in LOG_LEVELS:
        raise BadSetting(f"{PREFIX}LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
    return text.upper()


def _hosts(text: str, public_url: str) -> tuple[str, ...]:
    if text:
        return tuple(host.strip().lower() for host in text.split(",") if host.strip())
    host = public_url.partition("://")[2].partition("/")[0].lower()
    return (host,) if host else ()
