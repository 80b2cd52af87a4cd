"""Who may do what, as one table. Asked inside the transaction, again to draw the buttons, and shown to the firm."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from portal.access.getters import Standing
from portal.access.viewer import Viewer
from portal.kernel.errors import Forbidden
from portal.models import Account, Conversation, Message, MessageKind, Person, Role


class Act(StrEnum):
    """What people do. Acts on a discussion take a `Standing`, on a message `(Standing, Message)`."""

    WRITE = "write"
    NOTE = "note"
    ANSWER = "answer"
    RENAME = "rename"
    ADD = "add"
    REMOVE = "remove"
    SHARE_OWNERSHIP = "share_ownership"
    LINK_SPACE = "link_space"
    LEAVE = "leave"
    ARCHIVE = "archive"
    TURN = "turn"
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
    MANAGE_SPACES = "manage_spaces"
    MANAGE_PERSON = "manage_person"
    MANAGE_FIRM = "manage_firm"
    SEE_AS = "see_as"
    EXPORT = "export"
    ERASE = "erase"


class Mark(StrEnum):
    """What the table says of a role and an act."""

    NO = "no"
    YES = "yes"
    WHEN = "when"


def _always(_viewer: Viewer, _thing: object) -> bool:
    return True


def _in_it(_viewer: Viewer, _thing: Standing) -> bool:
    # A standing is given to current participants only, by `getters.conversation`.
    return True


def _writer(viewer: Viewer, thing: Standing) -> bool:
    return viewer.is_staff or (thing.conversation.is_shared and not thing.conversation.is_announcement)


def _answerer(viewer: Viewer, thing: Standing) -> bool:
    return not viewer.is_staff and thing.conversation.is_announcement


def _noter(_viewer: Viewer, thing: Standing) -> bool:
    # In an internal discussion every message is for staff only; a note would say nothing.
    return thing.conversation.is_shared


def _waiting(_viewer: Viewer, thing: Standing) -> bool:
    return thing.conversation.has_turns


def _owner(viewer: Viewer, thing: Standing) -> bool:
    return thing.owned_by(viewer)


def _owner_or_co_owner(viewer: Viewer, thing: Standing) -> bool:
    return thing.owned_by(viewer) or thing.co_owned


def _sharing_owner(viewer: Viewer, thing: Standing) -> bool:
    return thing.owned_by(viewer) and thing.co_owners


def _speaks(message: Message) -> bool:
    return message.kind != MessageKind.EVENT and message.deleted_at is None


def _author(viewer: Viewer, thing: tuple[Standing, Message]) -> bool:
    return thing[1].author_id == viewer.person_id and _speaks(thing[1])


def _author_or_owner(viewer: Viewer, thing: tuple[Standing, Message]) -> bool:
    return _author(viewer, thing) or (can(viewer, Act.DELETE_ANY, thing[0]) and _speaks(thing[1]))


def _note_reader(_viewer: Viewer, thing: tuple[Standing, Message]) -> bool:
    return thing[1].kind == MessageKind.NOTE and _speaks(thing[1])


def _ownerless(_viewer: Viewer, thing: Conversation) -> bool:
    return thing.owner_id is None


def _another(viewer: Viewer, thing: tuple[Person, Account]) -> bool:
    person, account = thing
    # Nobody locks themselves out, and an owner is nobody's but an owner's to disable.
    return person.id != viewer.person_id and (account.role != Role.OWNER or viewer.role == Role.OWNER)


@dataclass(frozen=True)
class Right:
    """Which roles may have it at all, on what condition, and whether the firm may keep it from its agents."""

    roles: frozenset[str]
    when: Callable[..., bool] = _always
    switchable: bool = False


EVERYBODY = frozenset(Role)
STAFF = EVERYBODY - {Role.CLIENT}
ADMINS = STAFF - {Role.AGENT}
CLIENTS = EVERYBODY - STAFF

RIGHTS: dict[Act, Right] = {
    Act.CREATE: Right(STAFF, switchable=True),
    Act.START: Right(CLIENTS),
    Act.WRITE: Right(EVERYBODY, _writer),
    Act.NOTE: Right(STAFF, _noter),
    Act.ANSWER: Right(CLIENTS, _answerer),
    Act.PUBLISH: Right(STAFF, _note_reader, switchable=True),
    Act.EDIT: Right(EVERYBODY, _author),
    Act.DELETE: Right(EVERYBODY, _author_or_owner),
    Act.DELETE_ANY: Right(STAFF, _owner, switchable=True),
    Act.VERSIONS: Right(STAFF, _in_it),
    Act.RENAME: Right(STAFF, _owner),
    Act.ADD: Right(STAFF, _owner_or_co_owner),
    Act.REMOVE: Right(STAFF, _owner_or_co_owner),
    Act.SHARE_OWNERSHIP: Right(STAFF, _sharing_owner),
    Act.LINK_SPACE: Right(STAFF, _owner),
    Act.ARCHIVE: Right(STAFF, _in_it),
    Act.TURN: Right(STAFF, _waiting),
    Act.LEAVE: Right(STAFF, _in_it),
    Act.TAKE_OWNERSHIP: Right(ADMINS, _ownerless),
    Act.INVITE_CLIENT: Right(STAFF, switchable=True),
    Act.INVITE_STAFF: Right(ADMINS),
    Act.MANAGE_SPACES: Right(STAFF, switchable=True),
    Act.MANAGE_PERSON: Right(ADMINS, _another),
    Act.MANAGE_FIRM: Right(ADMINS),
    Act.SEE_AS: Right(STAFF, _in_it),
    Act.EXPORT: Right(STAFF, switchable=True),
    Act.ERASE: Right(ADMINS),
}

SWITCHABLE = tuple(act for act, right in RIGHTS.items() if right.switchable)
ON_DISCUSSION = (
    Act.WRITE,
    Act.NOTE,
    Act.ANSWER,
    Act.RENAME,
    Act.ADD,
    Act.REMOVE,
    Act.SHARE_OWNERSHIP,
    Act.LINK_SPACE,
    Act.LEAVE,
    Act.ARCHIVE,
    Act.TURN,
    Act.DELETE_ANY,
)
BY_MAIL = frozenset({Act.WRITE, Act.NOTE, Act.ANSWER})  # what is done with a mail's link or by answering it
IN_FIRM = tuple(act for act, right in RIGHTS.items() if right.when is _always)


def can(viewer: Viewer, act: Act, thing: object = None) -> bool:
    """Whether `viewer` may do `act` with `thing`; without one, only what depends on none."""
    if not _has_role(viewer, act) or _withheld(viewer, act):
        return False
    if viewer.limit is not None and act not in BY_MAIL:
        return False
    when = RIGHTS[act].when
    return when is _always or (thing is not None and when(viewer, thing))


def require(viewer: Viewer, act: Act, thing: object = None) -> None:
    """Raise `Forbidden` unless `viewer` may do `act` with `thing`; where the firm keeps it from agents, it says so."""
    if not can(viewer, act, thing):
        raise Forbidden("withheld" if _has_role(viewer, act) and _withheld(viewer, act) else "forbidden")


def permitted(viewer: Viewer, thing: Standing) -> frozenset[str]:
    """The acts on a discussion that `viewer` may do, to draw its buttons; with publishing, where there can be notes."""
    acts = {act for act in ON_DISCUSSION if can(viewer, act, thing)}
    if Act.NOTE in acts and not _withheld(viewer, Act.PUBLISH):
        acts.add(Act.PUBLISH)
    return frozenset(act.value for act in acts)


def granted(viewer: Viewer) -> frozenset[str]:
    """The acts that need no thing which `viewer` may do, to draw the buttons of every page."""
    return frozenset(act.value for act in IN_FIRM if can(viewer, act))


def mark(act: Act, role: str, *, co_owners: bool) -> Mark:
    """What the table of rights says of a role, before any right is kept from agents: never, always, on a condition."""
    right = RIGHTS[act]
    if role not in right.roles or (right.when is _sharing_owner and not co_owners):
        return Mark.NO
    return Mark.YES if right.when is _always else Mark.WHEN


def _has_role(viewer: Viewer, act: Act) -> bool:
    right = RIGHTS[act]
    # A face does not follow from a role: whatever an account's row may say, a client stays one.
    return viewer.role in right.roles and viewer.is_staff == (viewer.role != Role.CLIENT)


def _withheld(viewer: Viewer, act: Act) -> bool:
    return RIGHTS[act].switchable and act in viewer.limits.withheld
