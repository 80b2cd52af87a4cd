"""The states in which the doors' table is asked: what becomes of the cast and of the discussion, and who meets what."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass

from portal.actions import devices, discussions, firm, messages, participants, people
from tests.doors.cells import ADMINS, CAST, CLIENTS, STAFF_IN, Booth, Route
from tests.doors.spaces_routes import NEVER_INSIDE
from tests.world import World, token

Found = int | str | None  # a status, or whom of the table they are alike
SIGN_IN = "account.sign_in"
BEGINNING = ("client.create_discussion", "client.begin_first_upload")  # for who was in a discussion before


@dataclass(frozen=True)
class State:
    """What is prepared, what then differs from the table, which routes it is about, and whom it touches."""

    name: str
    prepare: Callable[[World], object]
    meets: Callable[[Route, str | None], Found]
    about: Callable[[Route], bool] = lambda _route: True
    touched: tuple[str | None, ...] = CAST
    alone: bool = False  # the others are not asked, for nothing changes for them
    named: bool = False  # cookies hold people's public ids and no secrets

    def __str__(self) -> str:
        return self.name

    @contextmanager
    def set_up(self, booth: Booth) -> Iterator[None]:
        """Have it be so, until the end."""
        world, secrets = booth.world, booth.secrets
        booth.world = deepcopy(world)
        with booth.on_the_side():
            self.prepare(booth.world)
        booth.secrets = booth.world.keys if self.named else secrets
        try:
            yield
        finally:
            booth.world, booth.secrets = world, secrets
            booth.reset()


def _in(route: Route, *names: str) -> bool:
    """Whether the address names one of these; not as the place to open a discussion at, which is a wish."""
    return any(f"{{{name}}}" in route.path.partition("?at=")[0] for name in names)


def _of_the_discussion(route: Route) -> bool:
    return _in(route, "permit") and not route.endpoint.startswith("account.")


def _as_they_are(_route: Route, name: str | None) -> Found:
    return name


def _archive(world: World) -> None:
    for key in (world.permit, world.inside):
        discussions.archive(world.viewer("ines"), key)


def _gap(world: World) -> None:
    """Marie and Hugo were away while a message and a note were written, and came back without them."""
    ines = world.viewer("ines")
    for name in ("marie", "hugo"):
        participants.remove(ines, world.permit, world.keys[name])
    _speak(world)
    for name in ("marie", "hugo"):
        participants.add(ines, world.permit, world.keys[name], confirmed=True)


def _after_the_gap(route: Route, name: str | None) -> Found:
    if name == "ines" and route.endpoint == "console.ask_agreement" and _in(route, "text"):
        return 409  # Marie could not read what she is asked
    return 404 if name in {"marie", "hugo"} and _in(route, "text", "note") and _behind(route, name) else name


def _speak(world: World) -> None:
    ines = world.viewer("ines")
    world.text = messages.post(ines, world.permit, body="Unheard.", token=token())
    world.note = messages.post(ines, world.permit, body="Unseen.", kind="note", token=token())


def _behind(route: Route, name: str | None) -> bool:
    """Whether the door as such is open to them."""
    return route.endpoint.startswith("client.") == (name in CLIENTS)


def _newcomers(world: World) -> None:
    """Luc and Adam come in, and read from now on."""
    for name in ("luc", "adam"):
        participants.add(world.viewer("ines"), world.permit, world.keys[name], history="now", confirmed=True)


def _from_now_on(route: Route, name: str | None) -> Found:
    if name in STAFF_IN and route.endpoint == "console.ask_agreement" and _in(route, "text"):
        return 409  # Luc could not read what he is asked
    alike = {"luc": "marie", "adam": "hugo"}.get(name or "")
    if alike is None or not (_of_the_discussion(route) or route.endpoint in BEGINNING):
        return name
    if "after_rev" in route.path and "{permit}" in route.path and name == "luc" and _behind(route, name):
        return 204  # there is nothing yet
    if "/sightings/" in route.path and name == "adam":
        return 403  # the client reads what went before
    return 404 if _in(route, "text", "note", "answer") and _behind(route, name) else alike


def _by_the_brand(world: World) -> None:
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="brand")


def _without_faces(route: Route, name: str | None) -> Found:
    return 404 if name == "marie" and _in(route, "ines_face", "hugo_face", "nina_face") else name


def _ownerless(world: World) -> None:
    participants.leave(world.viewer("ines"), world.permit)


def _without_owner(route: Route, name: str | None) -> Found:
    if route.endpoint == "console.ownership" and name in ADMINS:
        return route.ok
    return "nina" if name == "ines" and _of_the_discussion(route) else name


def _take_over(world: World) -> None:
    _ownerless(world)
    discussions.take_over(world.viewer("adam"), world.permit)


def _with_another_owner(route: Route, name: str | None) -> Found:
    if not _of_the_discussion(route) or name not in {"ines", "adam"}:
        return name
    if name == "ines":
        return "nina"
    return 403 if route.endpoint in {"console.message_text", "console.edit_message"} else "ines"


def _internal(world: World) -> None:
    """The routes of the shared discussion, asked of the internal one."""
    world.permit = world.inside
    world.text = messages.post(world.viewer("ines"), world.inside, body="Among us.", token=token())


def _inside(route: Route, name: str | None) -> Found:
    if name in CLIENTS and _behind(route, name):
        return 404
    if name in STAFF_IN and _behind(route, name):
        if name == "ines" and route.endpoint in NEVER_INSIDE:
            return NEVER_INSIDE[route.endpoint]
        if _in(route, "note", "answer"):
            return 404
        if route.endpoint in {"console.new_agreement", "console.ask_agreement"}:
            return 403  # there is no client to be asked
        if route.form.get("kind") == "note" or route.endpoint == "console.turn":
            return 403  # among colleagues there are no notes, and nobody's turn
        if (_in(route, "marie") and name == "ines") or route.endpoint == "console.see_as":
            return 404
    return name


def _disable(world: World) -> None:
    for name in ("marie", "hugo"):
        people.disable(world.viewer("olga"), world.keys[name])


def _shut_out(route: Route, _name: str | None) -> Found:
    return 422 if route.endpoint == SIGN_IN else None


def _sign_out(world: World) -> None:
    for name in ("marie", "ines", "olga"):
        devices.revoke_others(world.viewer(name))


def _nobody(_route: Route, _name: str | None) -> Found:
    return None


def _nothing(_world: World) -> None:
    """As the cast is."""


AROUND = (None, "dora", "adam", "ines", "hugo", "nina", "marie", "luc", "zoe")  # of every relation one
STATES = (
    State("as it is", _nothing, _as_they_are),
    State("archived", _archive, _as_they_are, _of_the_discussion, AROUND),
    State("back after a gap", _gap, _after_the_gap, _of_the_discussion, ("ines", "hugo", "marie", "zoe")),
    State("newcomers from now on", _newcomers, _from_now_on, touched=("adam", "luc")),
    State("staff by the brand's name", _by_the_brand, _without_faces, touched=("ines", "marie")),
    State("without owner", _ownerless, _without_owner, _of_the_discussion, AROUND),
    State("taken over", _take_over, _with_another_owner, _of_the_discussion, ("olga", "adam", "ines", "hugo", "marie")),
    State("internal", _internal, _inside, _of_the_discussion, AROUND),
    State("disabled", _disable, _shut_out, touched=("marie", "hugo"), alone=True),
    State("signed out", _sign_out, _nobody, touched=("marie", "ines", "olga"), alone=True),
    State("an id for a secret", _nothing, _nobody, touched=("marie", "ines", "olga"), named=True),
)
