"""What `comptoir check` finds about the machine: disk, permissions, backups, limits."""

import resource
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.config import PREFIX, Settings

LEAST_FREE = 200 * 1024 * 1024  # bytes
OLDEST_BACKUP = 7  # days
RESERVE = 256  # files beside those of connections: database, program, log


@dataclass(frozen=True)
class Finding:
    """One thing looked at: good, wrong, or (None) nothing more than worth knowing."""

    good: bool | None
    what: str
    remedy: str = ""


def findings(settings: Settings) -> Iterator[Finding]:
    """All of them."""
    if not settings.var.is_dir():
        yield Finding(False, f"{settings.var} is there", f"Make this directory, or set {PREFIX}VAR.")
        return
    yield from _disk(settings.var)
    yield from _permissions(settings.var)
    yield _backup(settings)
    yield _files(settings)


def _disk(var: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(var).free
    yield Finding(free > LEAST_FREE, f"{free // 2**20:,} MiB are free", f"Make room on the disk of {var}.")
    try:
        with tempfile.TemporaryFile(dir=var):
            writable = True
    except OSError:
        writable = False
    yield Finding(writable, f"{var} can be written", "Give its user the right to write.")


def _permissions(var: Path) -> Iterator[Finding]:
    """SQLite's own files are as open as its directory lets them be."""
    yield Finding(_mode(var) & 0o077 == 0, f"only its owner enters {var}", f"chmod 700 {var}")
    if (var / "secret_key").exists():
        remedy = f"chmod 600 {var / 'secret_key'}"
        yield Finding(_mode(var / "secret_key") & 0o177 == 0, "only its owner reads the secret key", remedy)


def _backup(settings: Settings) -> Finding:
    """Known are those that `comptoir backup` put in their usual place."""
    made = [path.stat().st_mtime for path in (settings.var / "backups").glob("*.tar.gz")]
    wrong = False if settings.in_production else None
    remedy = "Run `comptoir backup` every night, and keep what it writes on another machine."
    if not made:
        return Finding(None, "no backup is known here", remedy)
    days = int((time.time() - max(made)) // 86_400)
    return Finding(True if days < OLDEST_BACKUP else wrong, f"the newest backup is {days} days old", remedy)


def _files(settings: Settings) -> Finding:
    """The server takes as many as it may (portal/gunicorn_conf.py)."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.sockets + settings.connections + RESERVE
    remedy = f"Raise the limit (LimitNOFILE= or ulimit -Hn) to {needed}, or lower {PREFIX}SOCKETS."
    enough = most == resource.RLIM_INFINITY or most >= needed
    return Finding(enough, f"{_many(most)} files may be open at once; {needed:,} are needed", remedy)


def _many(number: int) -> str:
    return "any number of" if number == resource.RLIM_INFINITY else f"{number:,}"


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
