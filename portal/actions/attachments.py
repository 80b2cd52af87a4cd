"""The files that came with a mail, and what it said beside its words."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from portal.extensions import db
from portal.kernel.kinds import HEAD, agreed
from portal.kernel.mime import Attachment, Reply
from portal.kernel.tokens import new_id
from portal.models import File, Message, Original
from portal.storage import Stored, storage

NAME = 255  # characters


def store(files: Sequence[Attachment]) -> list[Stored]:
    """Keep their bytes, before the transaction that names them; what it gives up is swept."""
    return [storage().put(file.content) for file in files]


def keep(message_id: int, incoming_id: int, said: Reply, kept: Sequence[Stored]) -> None:
    """Inside a transaction: the files of a message, and the whole text of its mail."""
    columns = (Message.author_id.label("uploader_id"), Message.conversation_id, Message.id.label("message_id"))
    of = db.session.execute(select(*columns).where(Message.id == message_id)).mappings().one()
    for place, (file, stored) in enumerate(zip(said.files, kept, strict=True)):
        kind = agreed(file.name, file.content[:HEAD])
        values = {"public_id": new_id(), "place": place, "size": len(file.content), "type": kind}
        named = {"name": file.name[:NAME], "file": stored.name, "sha256": stored.sha256}
        db.session.execute(insert(File).values(dict(of) | values | named))
    pieces = [[piece.text, piece.folded, piece.kind] for piece in said.pieces]
    whole = {"message_id": message_id, "incoming_id": incoming_id, "pieces": pieces, "lines": said.lines}
    db.session.execute(insert(Original).values(whole))
