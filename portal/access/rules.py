"""Who may do what, as one table. Asked inside the transaction, and again to draw the buttons."""

from collections.abc import Callable
from enum import StrEnum

from portal.access.getters import Standing
from portal.access.viewer import Viewer
from portal.kernel.errors import Forbidden
from portal.models import Account, Conversation, Message, MessageKind, Person, Role


class Act(StrEnum):
    """What people do. Acts on a discussion take a `Standing`, on a message `(Standing, Message)`."""

    WRITE = "write"
    NOTE = "note"
    RENAME = "rename"
    ADD = "add"
    REMOVE = "remove"
    LEAVE = "leave"
    ARCHIVE = "archive"
    DELETE_ANY = "delete_any"
    EDIT = "edit"
    DELETE = "delete"
    PUBLISH = "publish"
    VERSIONS = "versions"
    TAKE_OWNERSHIP = "take_ownership"
    START = "start"
    CREATE = "create"
    INVITE_CLIENT = "invite_client"
    INVITE_STAFF = "invite_staff"
    MANAGE_PERSON = "manage_person"
    MANAGE_FIRM = "manage_firm"


def _staff(viewer: Viewer, _thing: object) -> bool:
    return viewer.is_staff


def _client(viewer: Viewer, _thing: object) -> bool:
    return not viewer.is_staff


def _admin(viewer: Viewer, _thing: object) -> bool:
    return viewer.is_admin


def _writer(viewer: Viewer, thing: Standing) -> bool:
    return viewer.is_staff or thing.conversation.is_shared


def _noter(viewer: Viewer, thing: Standing) -> bool:
    # In an internal discussion every message is for staff only; a note would say nothing.
    return viewer.is_staff and thing.conversation.is_shared


def _owner(viewer: Viewer, thing: Standing) -> bool:
    return viewer.is_staff and thing.owned_by(viewer)


def _speaks(message: Message) -> bool:
    return message.kind != MessageKind.EVENT and message.deleted_at is None


def _author(viewer: Viewer, thing: tuple[Standing, Message]) -> bool:
    return thing[1].author_id == viewer.person_id and _speaks(thing[1])


def _author_or_owner(viewer: Viewer, thing: tuple[Standing, Message]) -> bool:
    return _author(viewer, thing) or (_owner(viewer, thing[0]) and _speaks(thing[1]))


def _note_reader(viewer: Viewer, thing: tuple[Standing, Message]) -> bool:
    return viewer.is_staff and thing[1].kind == MessageKind.NOTE and _speaks(thing[1])


def _takes_over(viewer: Viewer, thing: Conversation) -> bool:
    return viewer.is_admin and thing.owner_id is None


def _manages(viewer: Viewer, thing: tuple[Person, Account]) -> bool:
    person, account = thing
    # Nobody locks themselves out, and an owner is nobody's but an owner's to disable.
    return (
        viewer.is_admin and person.id != viewer.person_id and (account.role != Role.OWNER or viewer.role == Role.OWNER)
    )


RULES: dict[Act, Callable[..., bool]] = {
    Act.WRITE: _writer,
    Act.NOTE: _noter,
    Act.RENAME: _owner,
    Act.ADD: _owner,
    Act.REMOVE: _owner,
    Act.LEAVE: _staff,
    Act.ARCHIVE: _staff,
    Act.DELETE_ANY: _owner,
    Act.EDIT: _author,
    Act.DELETE: _author_or_owner,
    Act.PUBLISH: _note_reader,
    Act.VERSIONS: _staff,
    Act.TAKE_OWNERSHIP: _takes_over,
    Act.START: _client,
    Act.CREATE: _staff,
    Act.INVITE_CLIENT: _staff,
    Act.INVITE_STAFF: _admin,
    Act.MANAGE_PERSON: _manages,
    Act.MANAGE_FIRM: _admin,
}

ON_DISCUSSION = (
    Act.WRITE,
    Act.NOTE,
    Act.RENAME,
    Act.ADD,
    Act.REMOVE,
    Act.LEAVE,
    Act.ARCHIVE,
    Act.DELETE_ANY,
)


def can(viewer: Viewer, act: Act, thing: object = None) -> bool:
    """Whether `viewer` may do `act` with `thing`."""
    return RULES[act](viewer, thing)


def require(viewer: Viewer, act: Act, thing: object = None) -> None:
    """Raise `Forbidden` unless `viewer` may do `act` with `thing`."""
    if not can(viewer, act, thing):
        raise Forbidden("forbidden")


def permitted(viewer: Viewer, thing: Standing) -> frozenset[str]:
    """The acts on a discussion that `viewer` may do, to draw its buttons."""
    return frozenset(act.value for act in ON_DISCUSSION if can(viewer, act, thing))
