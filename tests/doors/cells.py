"""The doors' table by its cells: one application and one database for all of them, put back after each write."""

import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.extensions import db
from tests.conftest import Stage, make_app
from tests.faces import lend
from tests.serving import signed
from tests.world import World

HTMX = {"HX-Request": "true"}
READING = {"GET", "HEAD"}
COOKIE = "comptoir"

STAFF = ("olga", "adam", "ines", "hugo", "nina", "sam")
CLIENTS = ("marie", "luc", "paul", "zoe", "rosa")
OUT = (None, "dora")  # nobody, and a disabled client's browser
CAST: tuple[str | None, ...] = (*OUT, *STAFF, *CLIENTS)

ADMINS = ("olga", "adam")
STAFF_IN = ("ines", "hugo")  # Ines owns it
OWNER = ("ines",)
CLIENT_IN = ("marie",)
EVERYBODY = CAST
SIGNED_IN = (*STAFF, *CLIENTS)
# those who see Marie in their list of people: what they ask for cannot be
CONFLICT = dict.fromkeys(("olga", "adam", "ines", "hugo", "nina"), 409)


@dataclass(frozen=True)
class Route:
    """One address and method; `get` are those who get `ok`, everybody else is denied."""

    method: str
    endpoint: str
    path: str
    get: tuple[str | None, ...]
    ok: int = 200
    form: dict[str, str] = field(default_factory=dict)
    denied: int = 404  # of those who are signed in
    headers: dict[str, str] = field(default_factory=lambda: HTMX)
    other: dict[str | None, int] = field(default_factory=dict)  # who gets something of their own
    files: dict[str, bytes] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Booth:
    """An application on a database file of its own, the world in it, and everybody's signed-in browser.

    `changed()` asks SQLite whether anything was committed since it was last asked, which costs nothing;
    `put_back()` restores what was there after `on_the_side()`.
    """

    app: Flask
    file: Path
    world: World
    secrets: dict[str, str]
    held: dict[str, str] = field(default_factory=dict)  # what every browser's session holds besides

    def __post_init__(self) -> None:
        self._watch = sqlite3.connect(self.file, isolation_level=None)
        self._watch.execute("PRAGMA busy_timeout = 5000")
        self._kept = sqlite3.connect(":memory:")
        self._first = sqlite3.connect(":memory:")
        self._watch.backup(self._first)
        self._keep()

    @contextmanager
    def on_the_side(self) -> Iterator[None]:
        """Do something in the application's context; what came of it is what is kept from then on."""
        with self.app.app_context():
            yield
            db.session.remove()
        self._keep()

    def put_back(self) -> None:
        """Have the database be what was kept."""
        self._restore(self._kept)

    def reset(self) -> None:
        """Have the database be what it was at first."""
        self.held = {}
        self._restore(self._first)
        self._keep()

    def changed(self) -> bool:
        """Whether anything was written since it was kept or put back; when a device was last seen does not count."""
        if self._version() == self._seen:
            return False
        self._seen = self._version()
        return contents(self.app) != self._known

    def ask(self, route: Route, name: str | None) -> TestResponse:
        """Somebody asks for a route."""
        self.app.extensions.pop("comptoir_windows", None)  # each cell is somebody's first try
        fill = names(self.world)
        form = {key: value.format(**fill) for key, value in route.form.items()} | uploads(route.files)
        path = route.path.format(**fill)
        return self.browser(name).open(path, method=route.method, data=form or None, headers=route.headers)

    def browser(self, name: str | None) -> FlaskClient:
        """A browser in which somebody of the cast is signed in; of None, nobody is."""
        browser = self.app.test_client()
        mine = {} if name is None else {"_user_id": self.secrets[name], "_permanent": True}
        if held := self.held | mine:
            browser.set_cookie(COOKIE, signed(self.app, held))
        return browser

    def close(self) -> None:
        """Give back all connections."""
        for link in (self._watch, self._kept, self._first):
            link.close()
        with self.app.app_context():
            db.engine.dispose()

    def _keep(self) -> None:
        self._watch.backup(self._kept)
        self._seen, self._known = self._version(), contents(self.app)

    def _restore(self, copy: sqlite3.Connection) -> None:
        copy.backup(self._watch)
        lend(self.world.files, self.file.parent)
        self._seen = self._version()

    def _version(self) -> int:
        # It changes with what other connections commit; what this one does it is told by the backup.
        (version,) = self._watch.execute("PRAGMA data_version").fetchone()
        return int(version)


@contextmanager
def booth(stage: Stage, folder: Path, **settings: str) -> Iterator[Booth]:
    """A booth on a copy of the stage in `folder`, where one may try as often as one likes."""
    file = Path(shutil.copyfile(stage.file, folder / "booth.db"))
    lend(stage.world.files, folder)
    often = {"SIGN_IN_LIMIT": "100000 per minute", "WRITE_LIMIT": "100000 per minute"}
    app = make_app(f"sqlite:///{file}", folder, **often | settings)
    standing = Booth(app, file, deepcopy(stage.world), dict(stage.secrets))
    yield standing
    standing.close()


def names(world: World) -> dict[str, str]:
    """What the paths and forms call by name."""
    places = {name.lower(): key for name, key in (world.brands | world.spaces).items()}
    things = {name: getattr(world, name) for name in ("permit", "inside", "text", "note", "answer")}
    faces = {f"{name}_face": key for name, key in world.faces.items()}
    return world.keys | places | things | faces


def uploads(files: dict[str, bytes]) -> dict[str, tuple[io.BytesIO, str]]:
    """Files as a browser's form sends them."""
    return {name: (io.BytesIO(content), "face.webp") for name, content in files.items()}


def contents(app: Flask) -> str:
    """Everything in the database, but for when a device was last seen."""
    with app.app_context():
        cursor = db.session.connection().connection.cursor()
        rows = [cursor.execute(query).fetchall() for query in _queries()]
        db.session.remove()
        return "\n".join(map(str, rows))


@cache
def _queries() -> tuple[str, ...]:
    """As words, to the driver itself: this is asked after every write."""
    tables = [table for table in db.metadata.sorted_tables if table.name != "device"]
    return *(str(table.select()) for table in tables), "SELECT id, person_id, revoked_at FROM device"
