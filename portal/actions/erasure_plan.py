"""What becomes of every row that points at something erased. A test walks all tables: a new one has to be put here."""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import Column, Table

from portal.models import Base


class Deed(StrEnum):
    """DELETE the row with what it points at, NULL its pointer, or KEEP it, for what it points at stays as a husk."""

    DELETE = "delete"
    NULL = "null"
    KEEP = "keep"


ERASED = ("person", "conversation", "message", "mail", "participation", "incoming", "file", "agreement", "event")
ITEMS = ("message", "file", "incoming", "mail")  # of which each leaves a digest

_DELETED = """
    account.person_id address.person_id agreement.conversation_id agreement.message_id agreement.request_id
    agreement_answer.agreement_id agreement_answer.person_id automatic_membership.conversation_id
    awaited.conversation_id awaited.person_id brand_staff.person_id challenge.mail_id challenge.person_id
    device.person_id draft.conversation_id draft.person_id file.conversation_id file.message_id file.uploader_id
    incoming.conversation_id incoming.mail_id incoming.message_id incoming.person_id invitation.person_id
    later.author_id later.conversation_id link_device.person_id mail.conversation_id mail.person_id mention.message_id
    message.conversation_id message_version.message_id notice.participation_id original.incoming_id
    original.message_id participation.conversation_id picture.person_id preview.file_id
    private_answer.announcement_id private_answer.client_id private_answer.conversation_id reaction.message_id
    reaction.person_id reading.participation_id reminder.conversation_id reminder.message_id reminder.person_id
    space_member.person_id turn_mark.conversation_id turn_mark.person_id upload.conversation_id upload.uploader_id
    weekly.person_id
"""
_NULLED = "agreement_answer.message_id message.event_id"
# Records of exceptions, staff's own doings, and what then names “Erased person”. Events have ids alone; those of an
# erased discussion go by themselves, but for the record of exceptions.
_KEPT = """
    agreement.asker_id automatic_membership.marker_id awaited.asker_id brand.owner_id conversation.creator_id
    conversation.owner_id erasure.asker_id erasure.conversation_id erasure.subject_id event.actor_id
    event.conversation_id event.person_id export.asker_id export.client_id export.conversation_id export.subject_id
    incoming.decider_id invitation.inviter_id mention.person_id message.author_id message_version.editor_id
    participation.person_id sighting.client_id sighting.conversation_id sighting.viewer_id
"""
PLAN: dict[str, Deed] = {
    name: deed for deed, names in zip(Deed, (_DELETED, _NULLED, _KEPT), strict=True) for name in names.split()
}


def pointing(at: str) -> Iterator[tuple[Table, Column[int], Deed]]:
    """Every column that points at the table `at`, and what becomes of its rows. One nobody thought of goes with it."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == at for key in column.foreign_keys):
                default = Deed.NULL if column.nullable else Deed.DELETE
                yield table, column, PLAN.get(f"{table.name}.{column.name}", default)
