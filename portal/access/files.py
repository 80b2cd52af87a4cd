"""Files of messages, who may read them; and those on their way to one, which are their uploader's alone."""

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.access import scopes
from portal.access.getters import one
from portal.access.viewer import Viewer
from portal.models import Conversation, File, Message, Preview, Upload


def files(viewer: Viewer) -> Select[Message]:
    """Messages that the viewer may read, each joined with its files; a deleted message has none."""
    return scopes.messages(viewer).join(File, File.message_id == Message.id).where(Message.deleted_at.is_(None))


def file(viewer: Viewer, key: str) -> File:
    """The file `key` of a message that the viewer may read."""
    return one(files(viewer).where(File.public_id == key).with_only_columns(File))


def preview(viewer: Viewer, key: str) -> Preview:
    """How the file `key` looks: for who may read it, and for its uploader before it went out."""
    of = select(Preview).join(File, File.id == Preview.file_id).where(File.public_id == key)
    readable = files(viewer).with_only_columns(File.id)
    return one(of.where(or_(File.id.in_(readable), _mine(viewer, File) & File.message_id.is_(None))))


def unsent(viewer: Viewer) -> Select[File]:
    """Files that the viewer has brought and that went out with no message yet."""
    return select(File).where(_mine(viewer, File), File.message_id.is_(None))


def upload(viewer: Viewer, key: str) -> Upload:
    """The file `key` that the viewer is bringing."""
    return one(select(Upload).where(Upload.public_id == key, _mine(viewer, Upload)))


def _mine(viewer: Viewer, noun: type[File] | type[Upload]) -> ColumnElement[bool]:
    """Theirs, and for a conversation that they are still in. Who comes by a link has brought nothing for another."""
    here = scopes.conversations(viewer).with_only_columns(Conversation.id)
    meant: ColumnElement[bool] = noun.conversation_id.in_(here)
    if viewer.limit is None:
        meant = or_(meant, noun.conversation_id.is_(None))
    return and_(noun.uploader_id == viewer.person_id, meant)
