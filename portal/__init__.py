"""Comptoir: the counter between a firm and its clients."""

from flask import Flask

from portal import account, cli, client, console, demo, health, links, mailbox, web, wiring
from portal.config import Settings
from portal.extensions import (
    babel,
    csrf,
    db,
    login,
    migrate,
    prepare_postgresql,
    prepare_sqlite,
    sock,
)
from portal.kernel import hooks, logs
from portal.live import sockets
from portal.live.tail import tail
from portal.web import safety, watch


def create_app(settings: Settings | None = None) -> Flask:
    """The application, by the settings given; or for a server, by the environment's, and only if that is safe."""
    if settings is None:
        return _served(Settings.load())
    app = Flask(__name__, template_folder=str(web.TEMPLATES), static_folder=str(web.STATIC))
    app.config.from_mapping(web.flask_config(settings))
    watch.install(app)
    _extend(app)
    health.install(app)
    web.install(app)
    for blueprint in (
        account.blueprint,
        console.blueprint,
        client.blueprint,
        links.blueprint,
        demo.blueprint,
        mailbox.blueprint,
        sockets.blueprint,
    ):
        app.register_blueprint(blueprint)
    cli.install(app)
    tail.prepare(app, wiring.REACTIONS)
    hooks.on_commit(tail.wake)
    return app


def _served(settings: Settings) -> Flask:
    """However a server is started, it comes by here: what it logs is clean, and no door stands open."""
    logs.configure(settings.log_level)
    app = create_app(settings)
    safety.require(app)
    return app


def _extend(app: Flask) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(web.MIGRATIONS), render_as_batch=True)
    login.init_app(app)
    csrf.init_app(app)
    sock.init_app(app)
    babel.init_app(app, locale_selector=web.locale)
    with app.app_context():
        prepare = prepare_sqlite if db.engine.dialect.name == "sqlite" else prepare_postgresql
        prepare(db.engine)
