"""What waits to be sent, through the doors: words that are taken back are never lost on the way (SPEC M14)."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.actions import later, participants
from portal.extensions import db
from portal.models import Later
from tests.conftest import Stage
from tests.world import token

BrowserOf = Callable[[str | None], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["scripts", "plain"])
def test_who_was_taken_out_meanwhile_discards_words_or_keeps_them(
    play: Flask, stage: Stage, browser_of: BrowserOf, headers: dict[str, str]
) -> None:
    """Without scripts the answer shows the words in the discussion's composer: where there is none, they stay."""
    world, body = stage.world, "Not yet said"
    later.hold(world.viewer("hugo"), world.permit, body=body, token=token())
    key = db.session.scalars(select(Later.public_id)).one()
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    answer = browser_of("hugo").post(f"/console/later/{key}/withdrawal", headers=headers)
    db.session.rollback()
    row = db.session.scalars(select(Later)).one()
    assert (answer.status_code, row.body) == ((200, "") if headers else (404, body))
    if headers:
        assert "dialog-close" in answer.headers["HX-Trigger"]
        assert world.permit not in answer.text
