"""No more mails about a discussion, from the mail itself: by a button, or by the mail program's own (RFC 8058)."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.actions import links
from portal.extensions import csrf
from portal.queries import links as queries
from portal.queries.links import Subscription
from portal.web import gate
from portal.web.templating import page


def show(token: str) -> str:
    """What would end, and a button. Opening it ends nothing."""
    return _page(_about(token), token, "asked")


@csrf.exempt
def end(token: str) -> str:
    """End them. Whoever has the address may, without cookie or token: it does nothing else, and can be undone."""
    about = _about(token)
    links.unsubscribe(token)
    return _page(about, token, "ended")


def want(token: str) -> ResponseReturnValue:
    """Have them again."""
    about = _about(token)
    links.unsubscribe(token, wanted=True)
    return _page(about, token, "wanted")


def _about(token: str) -> Subscription:
    about = queries.subscription(token)
    gate.read_as(None, about.language)
    return about


def _page(about: Subscription, token: str, state: str) -> str:
    """The same whether its reader is still in the discussion or not."""
    return page("links/subscription.html", about=about, token=token, state=state, brand=about.brand)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/unsubscribe/<token>"
    blueprint.add_url_rule(one, "subscription", show)
    blueprint.add_url_rule(one, "unsubscribe", end, methods=["POST"])
    blueprint.add_url_rule(f"{one}/undo", "resubscribe", want, methods=["POST"])
