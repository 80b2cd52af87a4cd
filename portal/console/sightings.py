"""See as this person (SPEC Z2): a discussion as one of its clients sees it, in a frame, with nothing to press."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import access
from portal.actions import sightings as actions
from portal.kernel.errors import NotFound
from portal.queries import messages, sightings as queries
from portal.web import gate, pages
from portal.web.messages import number
from portal.web.still import still
from portal.web.templating import fragment, page, page_brand
from portal.web.times import written


def see_as(key: str, person: str) -> ResponseReturnValue:
    """Record it, and go there."""
    actions.see_as(gate.viewer(), key, person)
    return redirect(url_for(".sighting", key=key, person=person), 303)


def sighting(key: str, person: str) -> str:
    """The page around: who is seen as, what is not possible, and the way back."""
    viewer = gate.viewer()
    client = access.looked(viewer, key, person)
    found = messages.page(client, key, before=_before())
    return page(
        "console/sighting.html",
        client=access.me(client),
        discussion_id=key,
        found=found,
        before=_before(),
        last=found.messages[-1].id if found.messages else "",
        mail=queries.last_mail(viewer, key, person),
        shown="mail" if request.args.get("view") == "mail" else "page",
    )


def seen_page(key: str, person: str) -> str:
    """The client's page, by the way that leads them there, made still."""
    client = access.looked(gate.viewer(), key, person)
    styles = url_for(".seen_styles", key=key, person=person)
    before = _before()
    with gate.seen_as(client):
        older = {} if before is None else {"page": messages.page(client, key, before=before)}
        drawn = pages.discussion(key, **older)
    return still(drawn, styles, url_for(".file", key=""), written(client.language, client.time_zone))


def seen_styles(key: str, person: str) -> Response:
    """The client's brand, and which messages are theirs."""
    client = access.looked(gate.viewer(), key, person)
    with gate.seen_as(client):
        brand = page_brand()
        own = fragment("live/me.css", key=client.key)
    return Response(f":root{{--brand-hue:{brand.hue}}}\n{own}" if brand else own, mimetype="text/css")


def seen_mail(key: str, person: str) -> str:
    """The last e-mail that they were sent about it."""
    mail = queries.last_mail(gate.viewer(), key, person)
    if mail is None:
        raise NotFound
    return still(mail.html)


def _before() -> int | None:
    return number("before") if "before" in request.args else None


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/discussions/<key>/sightings/<person>"
    blueprint.add_url_rule(one, "see_as", see_as, methods=["POST"])
    blueprint.add_url_rule(one, "sighting", sighting)
    blueprint.add_url_rule(f"{one}/page", "seen_page", seen_page)
    blueprint.add_url_rule(f"{one}/styles.css", "seen_styles", seen_styles)
    blueprint.add_url_rule(f"{one}/mail", "seen_mail", seen_mail)
