"""Where what somebody typed is shown, and where what is asked comes back."""

from urllib.parse import quote

from portal.access import Viewer
from portal.queries.firm import brands
from tests.hostile.stuffed import Stuffed
from tests.promises import rounds

HTMX = {"HX-Request": "true"}


def pages(name: str, stuffed: Stuffed, viewer: Viewer) -> list[str]:
    """Every page that shows it to somebody: Ines, Olga (of the firm) or Marie (its client)."""
    talk = stuffed.talk
    if name == "marie":
        found = ["/", "/?archived=1", f"/discussions/{talk}", "/discussions/new", "/profile", "/nowhere"]
        return [*found, "/needs", "/later", "/search?q=x", "/search?q=has:file", f"/discussions/{talk}/files"]
    own = f"/console/discussions/{talk}"
    if name == "ines":
        brand = brands(viewer)[-1].id
        lists = ["/console/discussions", f"/console/discussions?brand={brand}", "/console/discussions/new"]
        lists += ["/console/home", "/console/later", "/console/mentions", "/console/spaces", f"{own}/files"]
        lists += [f"/console/search?q={words}" for words in ("x", "has:file", "from:x")]
        lists += [f"/console/spaces/{key}" for key in stuffed.spaces[:3]]
        return [*lists, own, "/console/people", "/console/people?face=staff", "/profile"]
    return ["/console/people", "/console/people?face=staff", "/console/settings", "/console/ownerless"]


def fragments(name: str, stuffed: Stuffed, viewer: Viewer) -> list[str]:
    """Every dialog and part of a page that shows it to somebody."""
    talk, words = stuffed.talk, stuffed.messages
    if name == "marie":
        own = f"/discussions/{talk}"
        found = [f"{own}/row", f"{own}/menu", f"{own}/later", *_stretches(own, stuffed), "/discussions/new"]
        return [*found, *(f"{own}/agreements/{key}" for key in stuffed.asked[:9])]
    if name == "olga":
        of_brands = [f"/console/settings/brands/{brand.id}" for brand in brands(viewer)[:20]]
        return [*of_brands, *(f"/console/people/{key}" for key in stuffed.people[:20]), "/console/invitations/new"]
    own = f"/console/discussions/{talk}"
    found = [f"{own}/{part}" for part in ("row", "reach", "title", "participants", "participants/new", "departure")]
    found += [*_stretches(own, stuffed), "/console/commands?q=x", "/console/commands?q=%3C"]
    found += [f"{own}/{part}" for part in ("menu", "later", "space", "reminder", "mentionable", "readers", "record")]
    found += [f"{own}/agreements/{key}{more}" for key in stuffed.asked[:9] for more in ("", "/certificate")]
    found += [f"/console/spaces/{key}/{part}" for key in stuffed.spaces[:5] for part in ("name", "files", "people/new")]
    found += [f"{own}/participants/{key}/removal" for key in stuffed.people[:9] if key in _inside(stuffed)]
    found += [f"{own}/participants/new/{key}" for key in stuffed.people[:9] if key not in _inside(stuffed)]
    for number, key in enumerate(words[: rounds(12, 60)]):
        parts = ("versions", "publication") if number % 2 else ("versions",)
        found += [f"{own}/messages/{key}/{part}" for part in parts]
    return found


def asked(name: str | None, payload: str) -> list[str]:
    """Addresses that hold it."""
    words = quote(payload, safe="", errors="replace")
    found = [
        f"/login?next={words}", f"/login?next=%2F{words}", f"/nowhere/{words}", f"/invitations/{words}",
        f"/brand.css?of={words}", f"/language/{words}", f"/static/{words}",
    ]  # fmt: skip
    if name == "marie":
        found += [f"/?before={words}", f"/?filter={words}", f"/discussions/{words}", f"/profile?saved={words}"]
        found += [f"/search?q={words}", f"/search?q=x&before={words}", f"/files/{words}", f"/later/{words}"]
        found += [f"/l/{words}", f"/unsubscribe/{words}", f"/sign-in/{words}"]
    elif name is not None:
        found += [f"/console/people?q={words}", f"/console/people?face={words}", f"/console/commands?q={words}"]
        found += [f"/console/discussions?{part}={words}" for part in ("filter", "brand", "space", "archived", "before")]
        found += [f"/console/people/{words}", f"/console/discussions/{words}", f"/console/settings/brands/{words}"]
        found += [f"/console/search?q={words}", f"/console/search?q=from:{words}", f"/console/spaces/{words}"]
        found += [f"/console/home?at={words}", f"/console/exports/{words}", f"/console/reminders/{words}"]
    return found


def forms(name: str | None, payload: str, talk: str) -> list[tuple[str, dict[str, str]]]:
    """Forms that hold it in every field, and are refused by at least one; what was typed comes back in them."""
    long = payload + "x" * 300
    everywhere = {"name": long, "title": long, "firm": payload, "language": payload, "time_zone": payload}
    everywhere |= {"email": payload, "space": payload, "space_name": payload, "brand": payload, "role": payload}
    everywhere |= {"host": payload, "hue": payload, "owner": payload, "staff_names": payload, "audience": payload}
    everywhere |= {"when": payload, "at": payload, "once": payload, "emoji": payload, "turn": payload, "kind": payload}
    everywhere |= {
        "limit": payload,
        "day": payload,
        "hour": payload,
        "what": payload,
        "typed": payload,
        "size": payload,
    }
    everywhere |= {"words": long, "history": payload, "reply_to": payload, "chosen": payload, "files": payload}
    everywhere |= {"next": payload, "password": payload, "body": payload + "y" * 10_001, "token": payload}
    if name is None:
        return [("/login", everywhere), ("/language/en", everywhere)]
    if name == "marie":
        own = f"/discussions/{talk}"
        where = ["/profile", "/profile/password", "/profile/mails", "/discussions", f"{own}/messages", f"{own}/later"]
        where += [f"{own}/uploads", f"{own}/draft"]
    elif name == "ines":
        own = f"/console/discussions/{talk}"
        where = ["/console/discussions", f"{own}/title", f"{own}/messages", f"{own}/participants", f"{own}/departure"]
        where += ["/console/invitations/clients", "/profile", "/console/spaces", f"{own}/later", f"{own}/reminder"]
        where += [f"{own}/space", f"{own}/turn", f"{own}/uploads", f"{own}/draft", f"{own}/readers", f"{own}/exports"]
        where += [f"{own}/invitation"]
    else:
        where = ["/console/settings", "/console/settings/brands", "/console/invitations/staff"]
        where += [f"/console/settings/{part}" for part in ("files", "mails", "weekly", "rights")]
    return [(path, everywhere) for path in where]


def _inside(stuffed: Stuffed) -> set[str]:
    """Who was let into the discussion: two of three."""
    return {key for number, key in enumerate(stuffed.people, 1) if number % 3}


def _stretches(own: str, stuffed: Stuffed) -> list[str]:
    """All messages, as one who scrolls up gets them."""
    count = 3 * len(stuffed.messages)
    return [f"{own}/messages?after_rev={count}", *(f"{own}/messages?before={upto}" for upto in range(40, count, 40))]
