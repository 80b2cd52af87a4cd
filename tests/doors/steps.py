"""What the doors' tests do again and again: sign in, invite, compare pages, look into the database."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select

from portal.actions import invitations
from portal.extensions import db
from tests.conftest import Stage
from tests.doors.cells import Booth
from tests.world import PASSWORD

Visit = Callable[[str | None], FlaskClient]


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: object) -> int:
    """Try to sign in; gives the status."""
    return client.post("/login", data={"email": email, "password": password}, **more).status_code


def is_in(client: FlaskClient) -> bool:
    """Whether the browser's cookie opens its profile."""
    return client.get("/profile").status_code == 200


def blank(page: str, *words: str) -> str:
    """A page without its tokens and without `words`, to compare it with another."""
    for word in words:
        page = page.replace(word, "")
    return re.sub(r"[\w.-]{60,}", "", page)


def invite(site: Flask, stage: Stage | Booth, days: int = 3, email: str = "eva@example.com") -> tuple[str, str]:
    """Have Olga invite Eva into the space Delcourt; gives (Eva's id, the link's path)."""
    where = {"role": "client", "space_key": stage.world.spaces["Delcourt"]}
    with site.app_context():
        olga = stage.world.viewer("olga")
        key, secret = invitations.invite(olga, name="Eva Neu", email=email, language="en", days=days, **where)
    return key, f"/invitations/{secret}"


def fetch(site: Flask, query: Select[Any]) -> Any:
    """What the database has now."""
    with site.app_context():
        return db.session.scalar(query)
