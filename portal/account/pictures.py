"""Profile pictures: one's own to set and to remove, and everybody's to look at who may."""

from dataclasses import replace

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from portal import access
from portal.access.read_models import Me
from portal.account import profile
from portal.actions import pictures
from portal.kernel.errors import Invalid, NotFound, Refusal, TooLarge
from portal.kernel.pictures import BYTES, TYPE
from portal.queries import pictures as queries
from portal.web import errors, gate
from portal.web.limits import limited
from portal.web.templating import fragment

ROOM = 64 * 1024  # bytes of a form around its file
SAVE = "account.save_picture"


def show(key: str, size: str) -> Response:
    """A picture. Who may not see it, or is not signed in, gets what one gets where there is none."""
    viewer = gate.viewer_or_none()
    if viewer is None:
        raise NotFound
    return Response(queries.picture(viewer, key, size), mimetype=TYPE)


@limited(lambda: "20 per 10 minutes", lambda: gate.viewer().key)
def save() -> ResponseReturnValue:
    """Take a new picture. What is wrong with it is said beside it, and whatever else was typed stays."""
    viewer = gate.viewer()
    try:
        sent = request.files.get("picture")
        content = sent.read(BYTES + 1) if sent else b""
        if not content:
            raise Invalid("no_picture")
        picture = pictures.set_picture(viewer, content)
    except (Invalid, TooLarge) as refusal:
        return _refused(refusal)
    return _done(picture)


def remove() -> ResponseReturnValue:
    """Be drawn by initials again."""
    pictures.remove_picture(gate.viewer())
    return _done(None)


def _done(picture: str | None) -> ResponseReturnValue:
    if gate.is_fragment():
        return fragment("account/_picture_saved.html", me=_me(picture), most=BYTES)
    return redirect(url_for("account.profile", saved="picture"), 303)


def _me(picture: str | None) -> Me:
    """Who is looking, with what was just changed."""
    return replace(access.me(gate.viewer()), picture=picture)


def _refused(refusal: Refusal) -> ResponseReturnValue:
    words = errors.text_of(refusal)
    if gate.is_fragment():
        me = access.me(gate.viewer())
        return fragment("account/_picture.html", me=me, most=BYTES, picture_error=words), refusal.status
    return profile.page_as_saved(picture_error=words), refusal.status


def _too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """More than any form of ours has: refused before it was read."""
    if request.endpoint != SAVE or gate.viewer_or_none() is None:
        return errors.answer(413, "too_large")
    return _refused(TooLarge("picture_too_large", limit=BYTES // 1024**2))


def _make_room(endpoint: str | None, _values: object) -> None:
    """A picture is larger than other forms. Said before anything of the body is read, its token included."""
    if endpoint == SAVE:
        request.max_content_length = BYTES + ROOM


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/pictures/<key>/<size>", "picture", show)
    blueprint.add_url_rule("/profile/picture", "save_picture", save, methods=["POST"])
    blueprint.add_url_rule("/profile/picture/removal", "remove_picture", remove, methods=["POST"])
    blueprint.url_value_preprocessor(_make_room)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
