"""Drawing a template in a language."""

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any

from babel.numbers import format_decimal
from flask import current_app
from flask_babel import force_locale, get_translations
from markupsafe import Markup

from portal.kernel.text import TEAM_SIGN


def draw(name: str, face: str, language: str, **values: Any) -> str:
    """The template `name`, drawn for one face in one language: whatever it says, it says by the `_` given here.

    What was made of messages before the language was known has a sign in it, for the team.
    """
    template, _ = current_app.jinja_env.get_template(name), words(language)
    drawn = template.render(**(around(language) | {"face": face, "lang": language} | values))
    return drawn.replace(TEAM_SIGN, _("the team")) if TEAM_SIGN in drawn else drawn


@cache
def words(language: str) -> Callable[..., Markup]:
    """What `_` is in templates. It looks nothing up twice: a page asks some three hundred times."""
    with force_locale(language):
        translations = get_translations()

    @lru_cache(maxsize=4096)
    def known(message: str) -> Markup:
        return Markup(translations.gettext(message))

    def say(message: str, **values: object) -> Markup:
        return known(message) % values if values else known(message)

    return say


@cache
def around(language: str) -> dict[str, Callable[..., Markup]]:
    """The words that every template has, in its language, whoever asks: what sockets and mails draw has no request."""
    return {"_": words(language), "ngettext": counted(language), "weight": partial(weight, language)}


@cache
def counted(language: str) -> Callable[..., Markup]:
    """What `ngettext` is in templates; `num` is the number."""
    with force_locale(language):
        translations = get_translations()

    def say(one: str, several: str, number: int, **values: object) -> Markup:
        return Markup(translations.ngettext(one, several, number)) % ({"num": number} | values)

    return say


def weight(language: str, size: int) -> Markup:
    """How much so many bytes are, in words."""
    _ = words(language)
    if size < 1024:
        return _("%(n)s bytes", n=size)
    kilobytes = size / 1024
    if kilobytes < 1000:
        return _("%(n)s kB", n=round(kilobytes) or 1)
    megabytes = kilobytes / 1024
    return _("%(n)s MB", n=format_decimal(round(megabytes, 1 if megabytes < 10 else None), locale=language))
