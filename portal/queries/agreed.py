"""What is on record of agreements, for an export: what was asked, and who answered what."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Select, select

from portal.access.read_due import AnswerView
from portal.extensions import db
from portal.models import Agreement, AgreementAnswer, AnswerKind, Message


class OnRecord(NamedTuple):
    """A request: its canonical form and hash, and the answers."""

    frozen: str
    sha256: str
    withdrawn: bool
    answers: tuple[AnswerView, ...]


def of(requests: Iterable[int], client_id: int | None, readable: Select[Message]) -> dict[int, OnRecord]:
    """{internal id of the message that asks: what is on record}; as a client sees it, of the answers theirs alone.

    Only where what it is about is `readable`, too: who asks for the export may have come between the two.
    """
    about = readable.with_only_columns(Message.id)
    query = select(Agreement).where(Agreement.request_id.in_(requests), Agreement.message_id.in_(about))
    found = list(db.session.scalars(query))
    said = _answers([row.id for row in found], client_id)
    return {
        row.request_id: OnRecord(row.frozen, row.sha256, row.withdrawn_at is not None, tuple(said[row.id]))
        for row in found
    }


def _answers(ids: list[int], client_id: int | None) -> dict[int, list[AnswerView]]:
    query = select(AgreementAnswer).where(AgreementAnswer.agreement_id.in_(ids)).order_by(AgreementAnswer.id)
    if client_id is not None:
        query = query.where(AgreementAnswer.person_id == client_id)
    said: dict[int, list[AnswerView]] = defaultdict(list)
    for one in db.session.scalars(query):
        agreed = one.kind == AnswerKind.AGREED
        said[one.agreement_id].append(AnswerView(one.name, agreed, one.at, one.way, one.record, one.sha256))
    return said
