"""Agreements on record: for a client what they are asked and what they said; for staff who said what, and its proof."""

import json
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_due import AgreementView, AnswerView, Certificate, FrozenFile, OwnAnswer
from portal.access.read_models import MessageView
from portal.extensions import db
from portal.kernel.errors import Forbidden, NotFound
from portal.models import Agreement, AgreementAnswer, AnswerKind, Message, MessageKind, Participation, Person
from portal.queries import messages


def asked(viewer: Viewer, key: str, message_key: str) -> OwnAnswer:
    """What a client is asked with a message of the discussion, and what they themselves said."""
    row = _one(viewer, key, message_key)
    query = select(AgreementAnswer.kind, AgreementAnswer.at).where(AgreementAnswer.agreement_id == row.id)
    mine = query.where(AgreementAnswer.person_id == viewer.person_id).order_by(AgreementAnswer.id)
    said = {row.kind: row.at for row in db.session.execute(mine)}
    return OwnAnswer(_view(viewer, row), key, said.get(AnswerKind.AGREED), said.get(AnswerKind.CHANGE))


def certificate(viewer: Viewer, key: str, message_key: str) -> Certificate:
    """All that is on record of one request, for staff who are in the discussion."""
    if not viewer.is_staff:
        raise NotFound
    row = _one(viewer, key, message_key)
    place, form = access.conversation(viewer, key).conversation, json.loads(row.frozen)
    return Certificate(
        agreement=_view(viewer, row),
        discussion_id=key,
        title=place.title,
        brand=place.brand.name,
        author=form["author"],
        posted_at=form["posted_at"],
        asker=row.asker.name,
        asked_at=row.asked_at,
        withdrawn_at=row.withdrawn_at,
        frozen=row.frozen,
        sha256=row.sha256,
    )


def record(viewer: Viewer, key: str, message_key: str, answer_key: str = "") -> str:
    """The canonical form of what was asked, or of an answer, for staff: of its bytes the hash can be made again."""
    found = certificate(viewer, key, message_key)
    if not answer_key:
        return found.frozen
    forms = [answer.record for answer in found.agreement.answers if answer.sha256 == answer_key]
    if not forms:
        raise NotFound
    return forms[0]


def about(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """A message that clients can be asked to agree to. Raises `Forbidden` for what is none."""
    place = access.conversation(viewer, key).conversation
    found = access.message(viewer, access.conversation(viewer, key), message_key)
    if not (viewer.is_staff and place.has_turns and found.kind == MessageKind.TEXT) or found.deleted_at or found.asks:
        raise Forbidden("forbidden")
    return messages.message(viewer, key, message_key)


def clients(viewer: Viewer, key: str) -> tuple[str, ...]:
    """Who would be asked, by name, for staff."""
    place = access.conversation(viewer, key).conversation
    query = select(Person.name).join(Participation, Participation.person_id == Person.id)
    inside = Participation.conversation_id == place.id, Participation.left_at.is_(None), Person.face == "client"
    query = query.where(*inside, access.scopes.active_account(Person.id))
    return tuple(db.session.scalars(query.order_by(Person.folded))) if viewer.is_staff else ()


def _one(viewer: Viewer, key: str, message_key: str) -> Agreement:
    """What a message asks that the viewer may read. Raises `NotFound`."""
    message = access.message(viewer, access.conversation(viewer, key), message_key)
    query = select(Agreement).where(Agreement.request_id == message.id).options(joinedload(Agreement.asker))
    row = db.session.scalars(query).first()
    if row is None or message.deleted_at is not None:
        raise NotFound
    return row


def _view(viewer: Viewer, row: Agreement) -> AgreementView:
    """Words and files as they were; to a client from whom the message itself is hidden, nothing of it."""
    readable = access.scopes.messages(viewer).where(Message.id == row.message_id)
    about = db.session.scalars(readable).first()
    if about is None:
        raise NotFound
    form: dict[str, Any] = json.loads(row.frozen)
    return AgreementView(
        id=about.public_id,
        html=Markup(row.html),  # sanitised when it was written
        text=form["text"],
        files=tuple(FrozenFile(file["name"], file["sha256"], file["size"]) for file in form["files"]),
        changed=row.changed_at is not None,
        withdrawn=row.withdrawn_at is not None,
        answers=_answers(row) if viewer.is_staff else (),
    )


def _answers(row: Agreement) -> tuple[AnswerView, ...]:
    query = select(AgreementAnswer).where(AgreementAnswer.agreement_id == row.id).order_by(AgreementAnswer.id)
    return tuple(
        AnswerView(one.name, one.kind == AnswerKind.AGREED, one.at, one.way, one.record, one.sha256)
        for one in db.session.scalars(query)
    )
