"""A French client with a phone in the dark, and that every page fits a phone."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, fits, live, portal, reads, row, shown
from tests.world import PASSWORD

People = Callable[..., Page]
PHONE: Mapping[str, object] = {
    "locale": "fr-FR",
    "width": 360,
    "height": 740,
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


def test_a_french_client_does_everything_with_a_phone(person: People, backstage: Backstage) -> None:
    """Signs in by the form, reads, writes, starts a discussion, changes her profile: by touch, in French."""
    backstage.change("marie", language="fr")
    key = backstage.discussion("marie", title="Cuisine")
    backstage.post("ines", key, "Bonjour Marie, voici les plans.")
    ines = console(person("ines"), key)
    marie = person(None, **PHONE)
    _sign_in(marie)
    row(marie, key).tap()
    reads(marie, "Bonjour Marie, voici les plans.")
    expect(marie.get_by_text("Aujourd’hui")).to_be_visible()
    expect(marie.get_by_role("region", name="Discussions")).to_be_hidden()  # one column: the list or the discussion
    _composer_is_at_hand(marie)
    expect(marie.get_by_placeholder("Écrire un message")).to_be_visible()
    expect(marie.get_by_text("Pour l’équipe et les personnes qu’elle a invitées.")).to_be_visible()
    composer(marie).fill("Merci !\nIls sont très beaux : " + "magnifiques" * 12)
    _composer_is_at_hand(marie)
    marie.get_by_role("button", name="Envoyer", exact=True).tap()
    expect(shown(ines, "Ils sont très beaux")).to_be_visible()
    fits(marie)
    marie.get_by_role("link", name="Retour à la liste").tap()
    expect(row(marie, key).locator(".last")).to_contain_text("Vous : Merci", use_inner_text=True)

    marie.get_by_role("link", name="Nous écrire").tap()
    dialog = marie.get_by_role("dialog")
    fits(marie)
    dialog.get_by_label("Objet").fill("Une fuite")
    dialog.get_by_label("Message").fill("Il pleut dans la cave.")
    dialog.get_by_role("button", name="Envoyer").tap()
    reads(marie, "Il pleut dans la cave.")
    fits(marie)

    _speak_english(marie)


def test_every_page_fits_a_phone(person: People, backstage: Backstage) -> None:
    """No page of either face sticks out to the side, with long words in it too."""
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2
    key = backstage.discussion("hugo", "luc", title=long)
    backstage.post("ines", key, f"{long}\n\n```\n{long} {long}\n```\n\nhttps://example.org/{long}")
    backstage.change("luc", name=long[:80])
    olga, ines, luc, nobody = (person(name, **PHONE, allow=["status of 404"]) for name in ("olga", "ines", "luc", None))
    places = {
        luc: ("/", "/?archived=1", f"/discussions/{key}", "/discussions/new", "/profile", "/nowhere"),
        ines: (f"/console/discussions/{key}", "/console/discussions/new"),
        olga: (
            "/console/discussions",
            "/console/people",
            "/console/people?face=staff",
            "/console/settings",
            "/console/ownerless",
            "/profile",
        ),
        nobody: ("/login", "/invitations/none"),
    }
    for page, addresses in places.items():
        for address in addresses:
            page.goto(address)
            fits(page)
    console(ines, key)
    _composer_is_at_hand(ines)
    ines.get_by_role("radio", name="Note").check(force=True)
    _composer_is_at_hand(ines)
    fits(ines)
    ines.locator(".pane-head").get_by_role("button", name="More").tap()
    ines.get_by_role("menuitem", name="Details").tap()
    expect(ines.locator("#details")).to_be_in_viewport()
    fits(ines)
    portal(luc, key)
    _composer_is_at_hand(luc)


def _sign_in(page: Page) -> None:
    """Marie comes in by the form: in French, in the dark."""
    page.goto("/")
    fits(page)
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.get_by_label("Adresse e-mail").fill("marie@example.com")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").tap()
    expect(page.get_by_role("heading", name="Discussions")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert _is_dark(page)
    fits(live(page))


def _speak_english(page: Page) -> None:
    """Marie changes her language in her profile."""
    page.get_by_role("link", name="Retour à la liste").tap()
    page.get_by_role("button", name="Vous").tap()
    page.get_by_role("menuitem", name="Votre profil").tap()
    expect(page.get_by_role("heading", name="Votre profil")).to_be_visible()
    fits(page)
    page.get_by_label("Langue").select_option("en")
    page.get_by_role("region", name="À propos de vous").get_by_role("button", name="Enregistrer", exact=True).tap()
    expect(page.get_by_text("Saved.")).to_be_visible()


def _composer_is_at_hand(page: Page) -> None:
    """The field and the button to send are wholly on screen, and big enough for a thumb."""
    for part in (composer(page), page.locator(".composer .send")):
        box = part.bounding_box()
        window = page.viewport_size
        assert box
        assert window
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= window["width"]
        assert box["y"] + box["height"] <= window["height"]
        assert box["height"] >= 30


def _is_dark(page: Page) -> bool:
    lightness = page.evaluate(
        """() => {
          const context = document.createElement('canvas').getContext('2d');
          context.fillStyle = getComputedStyle(document.body).backgroundColor;
          context.fillRect(0, 0, 1, 1);
          return Math.max(...context.getImageData(0, 0, 1, 1).data.slice(0, 3));
        }"""
    )
    return int(lightness) < 80
