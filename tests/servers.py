"""A throw-away PostgreSQL for the tests. Called as a program, it says where PostgreSQL's programs are."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from psycopg import Connection

    Link = Connection[tuple[Any, ...]]

PATIENCE = 30  # seconds until a server that does not answer is given up

# The shell owns the server: when our end of its standard input closes, however the tests came to their
# end, it stops the server and removes what it left.
OWNER = """
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -F \
    -c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB -c max_connections=200 &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$2"
"""


class Missing(RuntimeError):
    """A server that the tests need is not on this machine; the text says how to get it."""


@dataclass(frozen=True)
class Postgres:
    """A running server that only its socket's folder leads to."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of one of its databases, as Comptoir's setting has it."""
        return f"postgresql+psycopg://comptoir@/{database}?host={self.folder}"

    def connect(self, database: str = "postgres") -> "Link":
        """A connection, closed at the end of its `with`; each statement is its own transaction."""
        import psycopg

        return psycopg.connect(host=str(self.folder), user="comptoir", dbname=database, autocommit=True)

    def execute(self, *statements: str) -> None:
        """Run statements outside any transaction, such as CREATE DATABASE."""
        with self.connect() as link:
            for statement in statements:
                link.execute(statement.encode())


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A fresh server, gone at the end."""
    programs, user = find_postgres(), _user()
    # Not pytest's folder: it is closed to others, and its name may be too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="comptoir-pg-", dir="/tmp"))
    try:
        shutil.chown(folder, user["user"], user["group"])
        _initdb(programs, folder, user)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    with (folder / "log").open("wb") as log:
        owner = subprocess.Popen(
            ["/bin/sh", "-c", OWNER, "owner", str(programs), str(folder)],
            stdin=subprocess.PIPE, stdout=log, stderr=log, cwd="/", start_new_session=True, **user,
        )  # fmt: skip
    try:
        server = Postgres(folder)
        _wait(server, owner)
        yield server
    finally:
        owner.communicate()  # closes its standard input, and waits


def find_postgres() -> Path:
    """The folder of PostgreSQL's programs. Raises `Missing`."""
    for folder in _candidates():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise Missing("PostgreSQL is missing: bin/test installs it, or: sudo apt-get install postgresql")


def _candidates() -> Iterator[Path]:
    if shutil.which("pg_config"):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        yield Path(asked.stdout.strip())
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    packaged = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(packaged, key=lambda path: int(path.parent.name), reverse=True)


def _user() -> dict[str, Any]:
    """Who runs the server, as `subprocess` is told: oneself, but never root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {"user": os.geteuid(), "group": os.getegid()}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Missing("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _initdb(programs: Path, folder: Path, user: dict[str, Any]) -> None:
    """As `comptoir`, who is its superuser; UTF-8, so that é has its capital as in production."""
    command = [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "comptoir", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **user)
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}\n{done.stderr}")


def _wait(server: Postgres, owner: "subprocess.Popen[bytes]") -> None:
    import psycopg

    end = time.monotonic() + PATIENCE
    while True:
        try:
            return server.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if time.monotonic() > end or owner.poll() is not None:
                log = (server.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL does not answer:\n{log}") from error
            time.sleep(0.02)


if __name__ == "__main__":
    try:
        print(find_postgres())
    except Missing as error:
        sys.exit(str(error))
