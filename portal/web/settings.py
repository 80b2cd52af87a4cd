"""From our settings to those of Flask and its extensions."""

from datetime import timedelta
from typing import Any

from portal.config import Settings
from portal.live.sockets import NoThread

BODY_LIMIT = 1024 * 1024  # bytes; no form of ours comes near it


def flask_config(settings: Settings) -> dict[str, Any]:
    """The configuration that Flask reads."""
    sqlite = settings.sqlite_path is not None
    return {
        "COMPTOIR": settings,
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": BODY_LIMIT,
        "MAX_FORM_MEMORY_SIZE": BODY_LIMIT,
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
        "SESSION_COOKIE_NAME": "__Host-comptoir" if settings.secure else "comptoir",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure,
        "WTF_CSRF_TIME_LIMIT": None,  # a page may stay open for days
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # Values stay out of errors and so out of the log: they are messages, addresses and secrets (SPEC O4).
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True} | (_sqlite_engine() if sqlite else _postgresql_engine()),
        "SOCK_SERVER_OPTIONS": {"thread_class": NoThread},
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
    }


def _sqlite_engine() -> dict[str, Any]:
    return {"pool_size": 16, "max_overflow": 48, "pool_timeout": 15}


def _postgresql_engine() -> dict[str, Any]:
    return {
        "pool_size": 8,
        "max_overflow": 24,
        "pool_timeout": 15,
        "pool_pre_ping": True,
    }
