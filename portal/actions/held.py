"""Deciding about mails that were held: staff of their discussion accept or refuse them (SPEC E5)."""

from sqlalchemy import select, update

from portal import access
from portal.access import Viewer
from portal.actions import echoes, incoming
from portal.actions.facts import record
from portal.actions.unit import unit
from portal.extensions import db, rows
from portal.kernel import mime
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound, SignedOut
from portal.models import Address, Conversation, Face, Fact, Fate, Incoming, Person
from portal.storage import storage

OVER = "mail_decided"


def accept(viewer: Viewer, key: str, address: str, *, theirs: bool = False) -> None:
    """Post a held mail as the message of the person to whom ours went; a reply to a note stays a note.

    `address` is the reply address of this installation. With `theirs`, the mail's sender is one of that person's
    addresses from now on. Raises `NotFound`, `Conflict` when it was decided meanwhile, and `Invalid` when its person
    is not in the discussion any more, or it says nothing.
    """
    found = access.held_mail(viewer, key)
    held_id, recipients, file, mail_id = found.id, list(found.recipients), found.file, found.mail_id
    mail = _read(file)
    db.session.rollback()
    held = _answering(address, mail, recipients, mail_id)
    said = mime.reply(mail)
    if said.empty:
        raise Invalid("held_empty")

    def decide() -> None:
        # Inside the transaction in which it is posted: who was removed meanwhile decides nothing.
        decider = access.confirm(viewer)
        waiting = access.held_mail(decider, key)
        if theirs:
            _give_address(waiting)
        _decided(decider, waiting, Fate.POSTED)

    kind = "note" if held.notes and held.viewer.is_staff else "text"
    token = db.session.scalar(select(Incoming.token).where(Incoming.id == held_id)) or ""
    incoming.post_held(held_id, held.viewer, held.discussion, said, kind, token, decide)


def refuse(viewer: Viewer, key: str) -> None:
    """Have a held mail be shown no more; it is kept."""
    with unit(viewer) as viewer:
        _decided(viewer, access.held_mail(viewer, key), Fate.REFUSED)


def set_aside(viewer: Viewer, key: str) -> None:
    """Have a mail that answers none of ours be shown no more; it is kept."""
    with unit(viewer) as viewer:
        found = access.unknown_mail(viewer, key)
        _decided(viewer, found, found.fate)


def _answering(address: str, mail: mime.Mail, recipients: list[str], mail_id: int | None) -> access.Held:
    """Whose mail it would have been, as by the same secret they would write now."""
    for secret in mime.secrets(address, mail, recipients):
        try:
            held = access.by_answer(secret)
        except (NotFound, SignedOut):
            continue
        if held.viewer.mail_id == mail_id:
            return held
    raise Invalid("held_over")


def _read(file: str) -> mime.Mail:
    try:
        with storage().open(file) as kept:
            return mime.parse(kept.read())
    except FileNotFoundError as lost:
        raise NotFound from lost


def _give_address(waiting: Incoming) -> None:
    """The sender of a mail is one of a client's addresses, unless it is somebody's already.

    They can write from it, and no more: nobody has proved that it is theirs, so that no mail goes there, and no link
    or code to sign in with. Else whoever decides about mails could let themselves in as their client. One that looks
    like another, as other alphabets allow, is not taken, and colleagues' addresses are the admins' to give.
    """
    email, person = waiting.email.lower(), db.session.get(Person, waiting.person_id)
    if waiting.reason != "sender" or not email.isascii() or person is None or person.face != Face.CLIENT:
        raise Invalid("bad_email")
    if db.session.scalar(select(Address.id).where(Address.email == email)) is not None:
        raise Invalid("email_taken")
    db.session.add(Address(person_id=person.id, email=email))
    db.session.flush()


def _decided(viewer: Viewer, waiting: Incoming, fate: str) -> None:
    """Write down who decided; one of all who try does."""
    still = update(Incoming).where(Incoming.id == waiting.id, Incoming.decided_at.is_(None))
    if not rows(still.values(fate=fate, decider_id=viewer.person_id, decided_at=now()), {}).rowcount:
        raise Conflict(OVER)
    conversation = db.session.get(Conversation, waiting.conversation_id) if waiting.conversation_id else None
    record(viewer, Fact.MAIL_DECIDED, conversation)
    if conversation:
        echoes.begin_again(conversation.id, waiting.received_at)
