"""Settings: a bad one is named in plain words, and the public is not served with a door open."""

import runpy
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.config import ROOT, BadSetting, Settings
from portal.web import flask_config
from portal.web.settings import BODY_LIMIT

LONG_KEY = "0123456789abcdef" * 4
PUBLIC = {"PUBLIC_URL": "https://portal.example.com"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THREADS", "many"),
        ("THREADS", "7"),
        ("THREADS", ""),
        ("THREADS", "-9"),
        ("THREADS", "1e3"),
        ("THREADS", "٣٠"),
        ("THREADS", "9" * 30),
        ("TRUSTED_PROXIES", "yes"),
        ("INVITATION_DAYS", "0"),
        ("SESSION_DAYS", "99999"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "comptoir.db"),
        ("PUBLIC_URL", "portal.example.com"),
        ("PUBLIC_URL", "ftp://portal.example.com"),
        ("PUBLIC_URL", "https://portal.example.com/sub"),
        ("PUBLIC_URL", "https://"),
        ("BIND", ""),
        ("BIND", "8000"),
        ("BIND", "127.0.0.1:port"),
        ("SIGN_IN_LIMIT", "a few"),
        ("WRITE_LIMIT", ""),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_LEVEL", "DEBUG"),
        ("METRICS_TOKEN", "x" * 23),
        ("METRICS_TOKEN", "with spaces " * 3),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    load(tmp_path)
    with pytest.raises(BadSetting, match=f"^COMPTOIR_{name} must "):
        load(tmp_path, **{name: value})


def test_without_any_setting_everything_is_there(tmp_path: Path) -> None:
    settings = Settings.load({"COMPTOIR_VAR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'comptoir.db'}"
    assert (settings.bind, settings.public_url, settings.trusted_hosts) == ("127.0.0.1:8000", "", ())
    assert settings.refusals() == ()


def test_values_are_brought_into_one_shape(tmp_path: Path) -> None:
    settings = load(tmp_path, PUBLIC_URL="HTTPS://Portal.Example.com/", LOG_LEVEL="warning", BIND="[::]:80")
    assert (settings.public_url, settings.secure) == ("https://portal.example.com", True)
    assert settings.trusted_hosts == ("portal.example.com",)
    assert (settings.log_level, settings.bind) == ("WARNING", "[::]:80")
    assert load(tmp_path, TRUSTED_HOSTS=" A.example , b.example,").trusted_hosts == ("a.example", "b.example")
    for url in ("postgres://h/x", "postgresql://h/x", "postgresql+psycopg://h/x"):
        assert load(tmp_path, DATABASE_URL=url).database_url == "postgresql+psycopg://h/x"
    assert load(tmp_path, DATABASE_URL="sqlite:///x/y.db").sqlite_path == ROOT / "x/y.db"


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    var = tmp_path / "new" / "var"
    first = Settings.load({"COMPTOIR_VAR": str(var)})
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in var.iterdir()] == ["secret_key"]
    assert Settings.load({"COMPTOIR_VAR": str(var)}).secret_key == first.secret_key
    assert Settings.load({"COMPTOIR_VAR": str(tmp_path / "other")}).secret_key != first.secret_key


def test_the_secret_key_is_in_nobody_s_representation_of_the_settings(tmp_path: Path) -> None:
    """A traceback, a log or a debugger prints settings whole."""
    settings = load(tmp_path, DATABASE_URL="postgresql://comptoir:PASSWORD@h/x", METRICS_TOKEN="SECRET" * 5)
    assert LONG_KEY not in repr(settings)
    assert "PASSWORD" not in repr(settings)
    assert "SECRET" not in repr(settings)
    assert settings.bind in repr(settings)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"SECRET_KEY": "changeme"}, "COMPTOIR_SECRET_KEY"),
        ({"SECRET_KEY": "x" * 64}, "COMPTOIR_SECRET_KEY"),
        ({"PUBLIC_URL": "http://portal.example.com"}, "https://"),
        ({"TRUSTED_HOSTS": ","}, "COMPTOIR_TRUSTED_HOSTS"),
    ],
)
def test_the_public_is_not_served_with_a_door_open(tmp_path: Path, change: dict[str, str], remedy: str) -> None:
    assert load(tmp_path, **PUBLIC).refusals() == ()
    refusals = load(tmp_path, **(PUBLIC | change)).refusals()
    assert len(refusals) == 1
    assert remedy in refusals[0]


@pytest.mark.parametrize("url", ["", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_on_ones_own_machine_nothing_is_asked(tmp_path: Path, url: str) -> None:
    settings = load(tmp_path, PUBLIC_URL=url, SECRET_KEY="short")
    assert (settings.in_production, settings.refusals()) == (False, ())
    assert load(tmp_path, PUBLIC_URL="http://10.0.0.5").in_production


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", ":8000", "[::]:8000", "192.168.1.5:80", "portal.example.com:8000"])
def test_an_address_that_others_reach_is_served_only_when_safe(tmp_path: Path, bind: str) -> None:
    """Also where nobody thought of PUBLIC_URL. One of this machine lets no other name in, and so is allowed."""
    assert load(tmp_path, BIND=bind).in_production
    assert len(load(tmp_path, BIND=bind).refusals()) == 2
    here = load(tmp_path, BIND=bind, PUBLIC_URL="http://localhost:8000")
    assert (here.in_production, here.trusted_hosts) == (False, ("localhost:8000",))
    for own in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000", "unix:/run/comptoir.sock"):
        assert not load(tmp_path, BIND=own).in_production


def test_cookies_and_limits_follow_from_the_settings(tmp_path: Path) -> None:
    here, public = flask_config(load(tmp_path)), flask_config(load(tmp_path, **PUBLIC))
    for config in (here, public):
        assert config["SESSION_COOKIE_HTTPONLY"] is True
        assert config["SESSION_COOKIE_SAMESITE"] == "Lax"
        assert config["MAX_CONTENT_LENGTH"] == BODY_LIMIT
        assert config["SQLALCHEMY_ENGINE_OPTIONS"]["hide_parameters"] is True
    assert (here["SESSION_COOKIE_SECURE"], here["SESSION_COOKIE_NAME"]) == (False, "comptoir")
    assert (public["SESSION_COOKIE_SECURE"], public["SESSION_COOKIE_NAME"]) == (True, "__Host-comptoir")
    assert public["TRUSTED_HOSTS"] == ["portal.example.com"]


def test_a_host_that_is_not_ours_is_not_answered(theatre: Callable[..., Flask]) -> None:
    browser = theatre(TRUSTED_HOSTS="portal.example.com").test_client()
    assert browser.get("/login", headers={"Host": "portal.example.com"}).status_code == 200
    for host in ("evil.example.com", "portal.example.com.evil.example", "127.0.0.1"):
        answer = browser.get("/login", headers={"Host": host})
        assert answer.status_code == 400
        assert host not in answer.text


def test_the_servers_configuration_refuses_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts gunicorn by hand, or by systemd, gets the same word and no traceback."""
    monkeypatch.setenv("COMPTOIR_VAR", str(tmp_path))
    for change, word in (
        ({"THREADS": "x"}, "COMPTOIR_THREADS must"),
        (PUBLIC | {"SECRET_KEY": "changeme"}, "does not serve the public like this"),
    ):
        with monkeypatch.context() as context:
            for name, value in change.items():
                context.setenv(f"COMPTOIR_{name}", value)
            with pytest.raises(SystemExit, match=word):
                runpy.run_module("portal.gunicorn_conf")
    monkeypatch.setenv("COMPTOIR_PUBLIC_URL", PUBLIC["PUBLIC_URL"])
    assert runpy.run_module("portal.gunicorn_conf")["bind"] == "127.0.0.1:8000"


def load(var: Path, **given: str) -> Settings:
    """Settings from these, and a good secret key."""
    named = {f"COMPTOIR_{name}": value for name, value in given.items()}
    return Settings.load({"COMPTOIR_VAR": str(var), "COMPTOIR_SECRET_KEY": LONG_KEY} | named)
