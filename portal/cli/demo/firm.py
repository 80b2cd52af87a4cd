"""Who is in the demo: an invented firm with two brands, its staff, and its clients in their spaces."""

from typing import NamedTuple

FIRM = "Morel & Associés"
MOREL, HARBOUR = "morel", "harbour"
PARIS, LONDON = "Europe/Paris", "Europe/London"

# key: (name, hue, who answers for it)
BRANDS = {
    MOREL: ("Morel Architectes", 165, "camille"),
    HARBOUR: ("Harbour Accounts", 255, "fiona"),
}


class Member(NamedTuple):
    """One of the staff. `since` is how many working days ago they were invited."""

    key: str
    name: str
    role: str
    language: str
    time_zone: str
    brands: tuple[str, ...]
    active: bool = True
    since: int = 66


class Guest(NamedTuple):
    """A client of a space."""

    key: str
    name: str
    language: str
    time_zone: str
    active: bool = True
    since: int = 65


class Room(NamedTuple):
    """A client's space: its name, its brand, the staff who look after it, its clients."""

    key: str
    name: str
    brand: str
    staff: tuple[str, ...]
    clients: tuple[Guest, ...]


# The people to sign in as: (key, what they are, language)
SIGN_INS = (
    ("camille", "owner", "fr"),
    ("grace", "agent", "en"),
    ("marie", "client", "fr"),
    ("oliver", "client", "en"),
)

STAFF = (
    Member("camille", "Camille Morel", "owner", "fr", PARIS, (MOREL, HARBOUR)),
    Member("hugo", "Hugo Petit", "admin", "fr", PARIS, (MOREL, HARBOUR)),
    Member("fiona", "Fiona Drummond", "admin", "en", LONDON, (HARBOUR, MOREL)),
    Member("ines", "Inès Benali", "agent", "fr", PARIS, (MOREL,)),
    Member("theo", "Théo Lambert", "agent", "fr", PARIS, (MOREL,)),
    Member("sofia", "Sofia Marchetti", "agent", "fr", PARIS, (MOREL,)),
    Member("yann", "Yann Le Goff", "agent", "fr", PARIS, (MOREL,)),
    Member("grace", "Grace Okafor", "agent", "en", LONDON, (HARBOUR,)),
    Member("daniel", "Daniel Whitfield", "agent", "en", LONDON, (HARBOUR,)),
    Member("priya", "Priya Raman", "agent", "en", LONDON, (HARBOUR, MOREL)),
    Member("anais", "Anaïs Dubreuil", "agent", "fr", PARIS, (MOREL, HARBOUR)),
    Member("mehdi", "Mehdi Cherif", "agent", "fr", PARIS, (MOREL,), active=False, since=3),
)
LEFT = ("theo", 20)  # who left the firm, and how many working days ago
OWN_CLIENTS = ("sofia", "daniel")  # agents who find no clients but their own
DIGEST, NO_MAILS, BOUNCED = "daniel", "fiona", "karim"  # who wants one mail of links, who none, and whose come back
QUIET = (  # who wants which mails of a discussion
    ("yann", "Famille Chen, surélévation à Montreuil", "mentions"),
    ("ruby", "Finch & Daughters, VAT return", "none"),
    ("tom", "Lantern Books, year-end accounts", "none"),
)


class Answer(NamedTuple):
    """Who answers an e-mail about what, and `above` what of it their program quotes."""

    who: str
    title: str
    words: str
    above: str = "Le vendredi, Morel Architectes a écrit :"


BY_MAIL = Answer("julien", "Julien Roche, cuisine", "Parfait, je serai là. Voici le bon de livraison de l'évier.")
FILE, QUOTED = "Bon de livraison.pdf", "-- Merci de répondre au-dessus de cette ligne --"
BY_LINK = Answer("hannah", "Brightwater Yoga, self assessment", "Then I'll breathe in until tomorrow. Thank you!")
HELD = Answer(
    "luc",
    "Maison Delcourt, choix des matériaux",
    "C'est noté pour le cellier. J'écris du bureau, ma boîte personnelle est pleine de catalogues de carrelage.",
)
ELSEWHERE = "luc.delcourt@atelier.example"


def _french(key: str, name: str, zone: str = PARIS) -> Guest:
    return Guest(key, name, "fr", zone)


def _english(key: str, name: str, zone: str = LONDON) -> Guest:
    return Guest(key, name, "en", zone)


SPACES = (
    Room(
        "delcourt",
        "Maison Delcourt",
        MOREL,
        ("camille", "ines"),
        (_french("marie", "Marie Delcourt"), _french("luc", "Luc Delcourt")),
    ),
    Room(
        "tilleuls",
        "SCI Les Tilleuls",
        MOREL,
        ("sofia",),
        (_french("bernard", "Bernard Vasseur"), _french("helene", "Hélène Vasseur")),
    ),
    Room("roche", "Julien Roche", MOREL, ("ines",), (_french("julien", "Julien Roche"),)),
    Room(
        "haddad",
        "Boulangerie Haddad",
        MOREL,
        ("sofia", "camille"),
        (_french("karim", "Karim Haddad"), _french("leila", "Leïla Haddad")),
    ),
    Room(
        "nova",
        "Nova Santé",
        MOREL,
        ("hugo",),
        (_french("claire", "Claire Fontaine"), _french("antoine", "Antoine Mercier")),
    ),
    Room("ecole", "École Saint-Exupéry", MOREL, ("yann",), (_french("nathalie", "Nathalie Guérin"),)),
    Room(
        "chen",
        "Famille Chen",
        MOREL,
        ("camille", "yann"),
        (_french("wei", "陈伟 (Chen Wei)", "Asia/Shanghai"), _french("fang", "刘芳 (Liu Fang)")),
    ),
    Room("alouette", "Péniche Alouette", MOREL, ("camille", "hugo"), (_french("odile", "Odile Grandin"),)),
    Room(
        "ormes",
        "Domaine des Ormes",
        MOREL,
        ("camille", "hugo"),
        (
            _french("guillaume", "Guillaume d'Aubigny"),
            Guest("solene", "Solène d'Aubigny", "fr", PARIS, active=False, since=8),
        ),
    ),
    Room(
        "lepic",
        "Copropriété 14 rue Lepic",
        MOREL,
        ("yann",),
        (
            _french("michel", "Michel Tardieu"),
            Guest("josette", "Josette Pruvost", "fr", PARIS, active=False, since=5),
        ),
    ),
    Room("kerlann", "Ferme de Kerlann", MOREL, ("sofia",), (_french("gwenaelle", "Gwenaëlle Riou"),)),
    Room(
        "finch",
        "Finch & Daughters",
        HARBOUR,
        ("grace", "priya"),
        (_english("oliver", "Oliver Finch"), _english("ruby", "Ruby Finch")),
    ),
    Room("brightwater", "Brightwater Yoga", HARBOUR, ("grace",), (_english("hannah", "Hannah Cole"),)),
    Room(
        "lantern",
        "Lantern Books",
        HARBOUR,
        ("grace", "priya"),
        (_english("tom", "Tom Ashdown"), _english("noor", "Noor Ashdown")),
    ),
    Room("penrose", "Penrose Ceramics", HARBOUR, ("priya",), (_english("isla", "Isla Penrose"),)),
    Room(
        "almasri",
        "Al-Masri Imports",
        HARBOUR,
        ("grace",),
        (_english("yusuf", "Yusuf Al-Masri", "Asia/Amman"),),
    ),
    Room("tidewater", "Tidewater Dental", HARBOUR, ("daniel",), (_english("amara", "Amara Nwosu"),)),
    Room("kestrel", "Kestrel Bikes", HARBOUR, ("grace", "daniel"), (_english("jack", "Jack Doyle"),)),
    Room("marlow", "Marlow String Quartet", HARBOUR, ("grace",), (_english("eleanor", "Eleanor Marlow"),)),
    Room(
        "cobble",
        "Cobble Lane Nursery",
        HARBOUR,
        ("priya",),
        (
            _english("peggy", "Peggy Llewellyn"),
            Guest("rhys", "Rhys Llewellyn", "en", LONDON, active=False, since=2),
        ),
    ),
)


def email(key: str) -> str:
    """The demo address of a person."""
    return f"{key}@example.com"
