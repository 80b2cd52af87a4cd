"""Which of the demo's discussions clients join by themselves, and who is awaited in one (SPEC D2, D15)."""

from collections.abc import Mapping

from portal.actions import automatic, awaiting, spaces
from portal.cli.demo.cast import Cast

# title: (its owner, its space, the words of the welcome mail)
AUTOMATIC = {
    "Domaine des Ormes, chai": (
        "camille",
        "ormes",
        "Bonjour et bienvenue. Vous trouverez ici tout le projet du chai, plans et décisions compris. Camille Morel",
    ),
    "Lantern Books, year-end accounts": ("grace", "lantern", ""),
}
AWAITED = ("Cobble Lane Nursery, tidying the books", "priya", "rhys")


def open_some(cast: Cast, keys: Mapping[str, str]) -> None:
    """By their owners."""
    for title, (owner, space, words) in AUTOMATIC.items():
        viewer = cast.viewer(owner)
        spaces.welcome(viewer, cast.spaces[space], welcomes=True, words=words)
        automatic.mark(viewer, keys[title])
    title, owner, guest = AWAITED
    awaiting.ask(cast.viewer(owner), keys[title], cast.people[guest], confirmed=True)
