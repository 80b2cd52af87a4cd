"""What a server finds done when it is forked: addresses and templates compiled, static files squeezed.

Imported for this by the process that tests/warm.py forks from, and by nobody else.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from portal import create_app
from portal.config import Settings
from portal.web import STATIC, assets
from tests import quick

NEEDED = (".css", ".js", ".json", ".svg", ".woff2")


def _warm(var: str) -> None:
    quick.know_rules()
    quick.know_templates()
    app = create_app(Settings.load({"COMPTOIR_SECRET_KEY": "k" * 64, "COMPTOIR_VAR": var}))
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    files = [path.relative_to(STATIC) for path in Path(STATIC).rglob("*") if path.suffix in NEEDED]
    with app.app_context():
        for name in (*assets.BUNDLES, *map(str, files)):
            assets.address(name)


with TemporaryDirectory() as folder:
    _warm(folder)
