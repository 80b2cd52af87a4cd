"""Comptoir: the counter between a firm and its clients."""

from flask import Flask

from portal import account, cli, client, console, web, wiring
from portal.config import Settings
from portal.extensions import (
    babel,
    csrf,
    db,
    limiter,
    login,
    migrate,
    prepare_postgresql,
    prepare_sqlite,
    sock,
)
from portal.kernel import hooks
from portal.live import sockets
from portal.live.tail import tail


def create_app(settings: Settings | None = None) -> Flask:
    """The application, by the settings given or by the environment's."""
    settings = settings or Settings.load()
    app = Flask(__name__, template_folder=str(web.TEMPLATES), static_folder=str(web.STATIC))
    app.config.from_mapping(web.flask_config(settings))
    _extend(app)
    web.install(app)
    for blueprint in (
        account.blueprint,
        console.blueprint,
        client.blueprint,
        sockets.blueprint,
    ):
        app.register_blueprint(blueprint)
    cli.install(app)
    tail.prepare(app, wiring.REACTIONS)
    hooks.on_commit(tail.wake)
    return app


def _extend(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(web.MIGRATIONS), render_as_batch=True)
    login.init_app(app)
    csrf.init_app(app)
    sock.init_app(app)
    babel.init_app(app, locale_selector=web.locale)
    limiter.init_app(app)
    with app.app_context():
        prepare = prepare_sqlite if db.engine.dialect.name == "sqlite" else prepare_postgresql
        prepare(db.engine)
