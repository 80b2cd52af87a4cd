"""How one's own exports stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal import access
from portal.access import Viewer
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Conversation, Export, ExportState
from portal.queries.exports import AROUND

SHOWN = 20


@dataclass(frozen=True)
class ExportView:
    """One's own export, as pages show it. `about` is its discussion's title or its client's name."""

    id: str
    about: str
    contents: str
    notes: bool
    client: str
    state: str
    reason: str
    percent: int
    size: int
    sha256: str
    created_at: datetime
    ends_at: datetime | None
    address: tuple[str, str]


def mine(viewer: Viewer, discussion: str = "", client: str = "") -> tuple[ExportView, ...]:
    """The viewer's own exports, the newest first: of a discussion, of a client, or all."""
    query = access.exports(viewer).where(Export.state != ExportState.GONE)
    if discussion:
        query = query.where(Export.conversation_id == access.recorded_conversation(viewer, discussion).id)
    if client:
        query = query.where(Export.subject_id == access.recorded_client(viewer, client).id)
    found = db.session.scalars(query.order_by(Export.id.desc()).limit(SHOWN).options(*AROUND)).all()
    return tuple(_view(one) for one in found)


def view(viewer: Viewer, key: str) -> ExportView:
    """One of them."""
    found = db.session.scalars(access.exports(viewer).where(Export.public_id == key).options(*AROUND)).first()
    if found is None:
        raise NotFound
    return _view(found)


def _view(found: Export) -> ExportView:
    title = db.session.scalar(select(Conversation.title).where(Conversation.id == found.conversation_id))
    key = db.session.scalar(select(Conversation.public_id).where(Conversation.id == found.conversation_id))
    return ExportView(
        id=found.public_id,
        about=found.subject.name if found.subject else title or "",
        contents=found.contents,
        notes=found.notes,
        client=found.client.name if found.client else "",
        state=found.state,
        reason=found.reason,
        percent=min(99, 100 * found.done // found.total) if found.total else 0,
        size=found.size,
        sha256=found.sha256,
        created_at=found.created_at,
        ends_at=found.ends_at,
        address=("client", found.subject.public_id) if found.subject else ("discussion", key or ""),
    )
