"""Event: one row for every fact, written in the fact's own transaction. Ids, never text."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.models.base import Base, UtcDateTime
from portal.models.person import Person


class Fact(StrEnum):
    """The facts there are. `wiring.REACTIONS` says what follows from each."""

    MESSAGE_POSTED = "message.posted"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    MESSAGE_REDRAWN = "message.redrawn"  # what it quotes was changed
    MESSAGE_REDRAWN_INSIDE = "message.redrawn_inside"  # and only staff read that there
    FILE_PREVIEWED = "file.previewed"
    MESSAGE_REACTED = "message.reacted"
    MESSAGE_REACTED_INSIDE = "message.reacted_inside"
    DISCUSSION_CREATED = "discussion.created"
    DISCUSSION_RENAMED = "discussion.renamed"
    DISCUSSION_ARCHIVED = "discussion.archived"
    DISCUSSION_REOPENED = "discussion.reopened"
    PARTICIPANT_ADDED = "participant.added"
    PARTICIPANT_REMOVED = "participant.removed"
    PARTICIPANT_LEFT = "participant.left"
    PARTICIPANT_JOINED = "participant.joined"
    CLIENTS_ADDED = "clients.added"
    CLIENT_AWAITED = "client.awaited"
    AWAITING_ENDED = "awaiting.ended"
    SPACE_CHANGED = "space.changed"
    SPACE_RENAMED = "space.renamed"
    AUTOMATIC_BEGUN = "automatic.begun"
    AUTOMATIC_ENDED = "automatic.ended"
    TURN_SET = "turn.set"
    TURN_SHOWN = "turn.shown"
    OWNERSHIP_TAKEN = "ownership.taken"
    OWNERSHIP_ANSWERED = "ownership.answered"
    OWNERSHIP_HANDED = "ownership.handed"
    OWNERSHIP_LOST = "ownership.lost"
    CO_OWNERSHIP_GIVEN = "co_ownership.given"
    CO_OWNERSHIP_ENDED = "co_ownership.ended"
    ACCOUNT_ACTIVATED = "account.activated"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    REACH_CHANGED = "reach.changed"
    DEVICE_REVOKED = "device.revoked"
    FIRM_CHANGED = "firm.changed"
    LINKS_ENDED = "links.ended"
    MAIL_HELD = "mail.held"
    MAIL_DECIDED = "mail.decided"
    DISCUSSION_SEEN_AS = "discussion.seen_as"
    DISCUSSION_EXPORTED = "discussion.exported"
    DISCUSSION_ERASED = "discussion.erased"
    LATER_CHANGED = "later.changed"
    REMINDER_RANG = "reminder.rang"
    AGREEMENT_GIVEN = "agreement.given"
    AGREEMENT_REFUSED = "agreement.refused"
    AGREEMENT_WITHDRAWN = "agreement.withdrawn"
    AGREEMENT_ANSWERED = "agreement.answered"
    AGREEMENT_CHANGED = "agreement.changed"


TAKEN_OVER = text(f"name = '{Fact.OWNERSHIP_TAKEN}'")


class Event(Base):
    """A fact: what, where, about whom, by whom.

    Read in commit order: on SQLite by `id` (AUTOINCREMENT, one writer at a time); on PostgreSQL,
    where ids commit out of order, by (`xid`, `id`) below the snapshot's xmin.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    xid: Mapped[int | None] = mapped_column(BigInteger, server_default=FetchedValue())
    name: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[int | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    device_id: Mapped[int | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    subject: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])

    __table_args__ = (
        Index("ix_event_xid_id", "xid", "id"),
        Index("ix_event_conversation_id", "conversation_id"),
        # The record of takeovers is read from the end, and they are few among very many.
        Index("ix_event_taken_over", "id", sqlite_where=TAKEN_OVER, postgresql_where=TAKEN_OVER),
        {"sqlite_autoincrement": True},
    )
