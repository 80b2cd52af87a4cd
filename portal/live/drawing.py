"""Drawing a template in a language."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from flask import current_app
from flask_babel import force_locale, get_translations
from markupsafe import Markup


def draw(name: str, face: str, language: str, **values: Any) -> str:
    """The template `name`, drawn for one face in one language: whatever it says, it says by the `_` given here."""
    template = current_app.jinja_env.get_template(name)
    return template.render(face=face, lang=language, _=words(language), **values)


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
