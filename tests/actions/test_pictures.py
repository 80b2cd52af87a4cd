"""One's own picture: set, changed, removed; its files stored before and deleted after (SPEC P8)."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import access
from portal.actions import devices, pictures
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import Refusal, SignedOut
from portal.kernel.pictures import SIZES
from portal.models import Person, Picture
from portal.queries import pictures as queries
from portal.storage import storage
from tests import faces
from tests.actions.rows import browsing
from tests.world import World


def test_a_picture_is_set_changed_and_removed(app: Flask, world: World) -> None:
    luc = world.viewer("luc")
    assert _picture(world, "luc") is None
    first = pictures.set_picture(luc, faces.image(colour="red"))
    files = _files(world, "luc")
    assert first == _picture(world, "luc")
    assert all(queries.picture(luc, first, size)[8:12] == b"WEBP" for size in ("small", "large"))
    second = pictures.set_picture(luc, faces.image(colour="blue"))
    assert second not in {first, None}
    assert not any(storage().exists(file) for file in files), "the old files go with the old face"
    with pytest.raises(Refusal):
        queries.picture(luc, first, "small")
    pictures.remove_picture(luc)
    assert (_picture(world, "luc"), _files(world, "luc")) == (None, set())
    with pytest.raises(Refusal):
        queries.picture(luc, second, "small")


def test_a_picture_that_is_refused_changes_nothing(app: Flask, world: World) -> None:
    before, there = _picture(world, "marie"), _all_files()
    for sent in (b"", b"hello", faces.bomb(20_000, 4_000), bytes(6 * 2**20)):
        with pytest.raises(Refusal):
            pictures.set_picture(world.viewer("marie"), sent)
    assert (_picture(world, "marie"), _all_files()) == (before, there)


def test_who_was_signed_out_meanwhile_sets_none(app: Flask, world: World) -> None:
    marie, before = browsing(world, "marie"), _picture(world, "marie")
    devices.sign_out(marie)
    for act in (lambda: pictures.set_picture(marie, faces.image()), lambda: pictures.remove_picture(marie)):
        with pytest.raises(SignedOut):
            act()
    assert _picture(world, "marie") == before
    assert queries.picture(world.viewer("marie"), str(before), "small")
    assert pictures.sweep(older=-60) == 2, "what was stored for it belongs to nobody"


def test_of_two_pictures_at_once_one_is_left_and_its_files_alone(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = Barrier(2)

    def squares(content: bytes) -> dict[str, bytes]:
        barrier.wait()  # decoded at the same moment
        return dict.fromkeys(SIZES, content)

    def put(_number: int) -> None:
        with app.app_context():
            pictures.set_picture(world.viewer("luc"), faces.DOT)
            db.session.remove()

    monkeypatch.setattr("portal.kernel.pictures.squares", squares)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(8):
            list(pool.map(put, range(2)))
    db.session.rollback()
    assert queries.picture(world.viewer("luc"), str(_picture(world, "luc")), "large")
    assert len(_files(world, "luc")) == 2
    assert _all_files() == set(db.session.scalars(select(Picture.file)))


def test_the_sweep_takes_what_is_nobodys_and_nothing_else(app: Flask, world: World) -> None:
    """A crash between file and transaction leaves a file; one that is young may still be of a transaction."""
    lost, young = storage().put(b"left by a crash").name, storage().put(b"on its way").name
    for name in _all_files() - {young}:
        os.utime(faces.folder() / name[:2] / name, (1, 1))
    assert pictures.sweep() == 1
    assert not storage().exists(lost)
    assert storage().exists(young)
    assert queries.picture(world.viewer("ines"), world.faces["ines"], "small") == faces.DOT
    assert queries.lost() == 0


def test_a_file_that_is_lost_or_changed_is_counted_and_is_no_error(app: Flask, world: World) -> None:
    names = sorted(_files(world, "ines"))
    paths = [faces.folder() / name[:2] / name for name in names]
    _replace(paths[0], b"other bytes")
    paths[1].unlink()
    assert queries.lost() == 2
    refused = 0
    for size in ("small", "large"):
        try:
            queries.picture(world.viewer("ines"), world.faces["ines"], size)
        except Refusal as refusal:
            refused += refusal.status == 404
    assert refused == 1


def test_a_page_s_own_face_follows(app: Flask, world: World) -> None:
    secret = world.cookie_secret("luc")
    assert access.me(access.principal(secret)).picture is None  # type: ignore[arg-type]
    picture = pictures.set_picture(world.viewer("luc"), faces.image())
    assert access.me(access.principal(secret)).picture == picture  # type: ignore[arg-type]


def test_no_two_people_share_an_address(app: Flask, world: World) -> None:
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Person).values(picture="a" * 26))


def _picture(world: World, name: str) -> str | None:
    return db.session.scalar(select(Person.picture).where(Person.public_id == world.keys[name]))


def _files(world: World, name: str) -> set[str]:
    return set(db.session.scalars(select(Picture.file).where(Picture.person_id == world.person_id(name))))


def _all_files() -> set[str]:
    return set(storage().names(older=-60))


def _replace(path: Path, content: bytes) -> None:
    path.unlink()  # which other tests have a link to
    path.write_bytes(content)
