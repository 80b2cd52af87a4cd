"""A throw-away IMAP server (Dovecot), in a folder of its own. Called as a program, it says where Dovecot is."""

import contextlib
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 20  # seconds until one that does not answer is given up
SETTINGS = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Missing(RuntimeError):
    """There is no Dovecot on this machine; the text says how to get it."""


@dataclass
class Mailbox:
    """A running server with one person's mailbox."""

    folder: Path
    port: int
    password: str = "pa55:w@rd"

    @property
    def url(self) -> str:
        """As Comptoir's setting has it."""
        return f"imap://reply%40example.com:pa55%3Aw%40rd@127.0.0.1:{self.port}/INBOX"

    def put(self, raw: bytes) -> None:
        """Somebody's mail is delivered."""
        with self.opened() as link:
            assert link.append("INBOX", "", "", raw)[0] == "OK"

    def flags(self) -> list[bool]:
        """Whether each mail counts as read, in order."""
        with self.opened() as link:
            link.select("INBOX", readonly=True)
            _, found = link.fetch("1:*", "(FLAGS)")
            return [b"\\Seen" in line for line in found if isinstance(line, bytes)]

    @contextlib.contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """A mail program of its owner."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as link:
            link.login("reply@example.com", self.password)
            yield link


def find_dovecot() -> Path:
    """Its program, with what it needs for IMAP. Raises `Missing`."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if found and any(Path(folder, "imap-login").is_file() for folder in ("/usr/lib/dovecot", "/usr/libexec/dovecot")):
        return Path(found)
    raise Missing("Dovecot is missing: bin/test installs it, or: sudo apt-get install dovecot-imapd")


@contextlib.contextmanager
def dovecot() -> Iterator[Mailbox]:
    """A fresh server, gone at the end."""
    program = find_dovecot()
    folder = Path(tempfile.mkdtemp(prefix="comptoir-imap-", dir="/tmp"))
    server = None
    try:
        box = Mailbox(folder, _free_port())
        server = _started(box, program)
        yield box
    finally:
        if server is not None:
            server.terminate()
            server.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _started(box: Mailbox, program: Path) -> "subprocess.Popen[bytes]":
    """As root it gives its processes another user; as anybody else all are that user's."""
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    group = subprocess.run(["id", "-gn", entry.pw_name], capture_output=True, text=True, check=True).stdout.strip()
    for name in ("run", "state", "mail", "home"):
        (box.folder / name).mkdir()
        os.chown(box.folder / name, entry.pw_uid, entry.pw_gid)
    box.folder.chmod(0o755)
    names = {"user": entry.pw_name, "group": group, "password": box.password, "port": box.port}
    (box.folder / "conf").write_text(SETTINGS.format(folder=box.folder, **names))
    with (box.folder / "out").open("wb") as out:
        command = [str(program), "-F", "-c", str(box.folder / "conf")]
        server = subprocess.Popen(command, cwd="/", stdout=out, stderr=out)
    _wait(box, server)
    return server


def _wait(box: Mailbox, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with box.opened():
                return
        except (OSError, imaplib.IMAP4.error) as error:
            if time.monotonic() > end or server.poll() is not None:
                server.terminate()
                said = [(box.folder / name).read_text() for name in ("out", "log") if (box.folder / name).exists()]
                raise RuntimeError("Dovecot does not answer:\n" + "\n".join(said)) from error
            time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


if __name__ == "__main__":
    try:
        print(find_dovecot())
    except Missing as error:
        sys.exit(str(error))
