"""What the tests of the record share: files at messages, exports made and opened, everything in the database."""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pypdfium2
from flask import current_app
from sqlalchemy import select

from portal.actions import exports
from portal.actions.unit import transaction
from portal.extensions import db
from portal.models import Account, Base, Export, File, Message, Person
from portal.record import erasing, exports as making
from portal.storage import storage
from tests.world import World


def var() -> Path:
    """Where this application keeps what is no row."""
    found: Path = current_app.config["COMPTOIR"].var
    return found


def make(key: str) -> Path:
    """Have the worker make what is due; gives the ZIP of that export."""
    while making.make(var()):
        pass
    return making.path_of(var(), key)


def export(world: World, name: str, *, discussion: str = "", client: str = "", **what: object) -> zipfile.ZipFile:
    """Somebody asks for an export, and opens it."""
    viewer = world.viewer(name)
    if discussion:
        key = exports.ask_discussion(viewer, discussion, **what)
    else:
        key = exports.ask_client(viewer, world.keys[client], **what)
    return zipfile.ZipFile(make(key))


def as_client(world: World, name: str) -> dict[str, object]:
    """What is asked for to hand out."""
    return {"contents": "client", "client_key": world.keys[name]}


def paper(found: zipfile.ZipFile, name: str = "conversation.pdf") -> tuple[str, dict[str, str]]:
    """(text, properties) of a PDF in an export."""
    with pypdfium2.PdfDocument(io.BytesIO(found.read(name))) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
        return "\n".join(pages), pdf.get_metadata_dict()


def said(found: zipfile.ZipFile, name: str = "conversation.json") -> list[dict[str, object]]:
    """The messages of an export, as programs read them."""
    messages: list[dict[str, object]] = json.loads(found.read(name))["messages"]
    return messages


def everything(found: zipfile.ZipFile) -> str:
    """All that is in an export: names, words, the text of papers and what they tell of themselves."""
    parts = [found.comment.decode("latin-1")]
    for info in found.infolist():
        parts += [info.filename, info.comment.decode("latin-1"), repr(info.extra), str(info.date_time)]
        content = found.read(info)
        parts.append(content.decode("utf-8", "replace"))
        if info.filename.endswith(".pdf"):
            text, about = paper(found, info.filename)
            parts += [text, json.dumps(about)]
    return "\n".join(parts)


def sums_hold(found: zipfile.ZipFile, folder: Path) -> str:
    """What `sha256sum -c` says of the unpacked export."""
    found.extractall(folder)
    checked = subprocess.run(["sha256sum", "-c", "MANIFEST.sha256"], cwd=folder, capture_output=True, text=True)
    assert checked.returncode == 0, checked
    return checked.stdout


def attach(world: World, message: str, name: str, content: bytes, who: str = "ines") -> str:
    """A file at a message that is there; gives its id."""
    stored = storage().put(content)
    row = db.session.scalars(select(Message).where(Message.public_id == message)).one()
    place, conversation_id = row.id, row.conversation_id
    uploader = db.session.scalars(select(Person.id).where(Person.public_id == world.keys[who])).one()
    with transaction():
        file = File(
            uploader_id=uploader, conversation_id=conversation_id, message_id=place, name=name, type="text/plain",
            size=len(content), file=stored.name, sha256=stored.sha256, due_at=None,
        )  # fmt: skip
        db.session.add(file)
        db.session.get_one(Message, place).files += 1
        db.session.flush()
        return file.public_id


def erase() -> None:
    """Have the worker erase all that is due."""
    while erasing.work():
        pass


def state_of(key: str) -> str:
    """How an export stands."""
    return db.session.scalars(select(Export.state).where(Export.public_id == key)).one()


def contents(*but: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but these."""
    db.session.rollback()
    tables = {name: table for name, table in Base.metadata.tables.items() if name not in but}
    return {
        name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for name, table in tables.items()
    }


def role_is(world: World, name: str, role: str) -> None:
    """Somebody has another role."""
    account = select(Account).join(Person, Person.id == Account.person_id)
    with transaction():
        db.session.scalars(account.where(Person.public_id == world.keys[name])).one().role = role
