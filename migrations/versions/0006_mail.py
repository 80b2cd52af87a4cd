"""mail: outbox and delivery record, who is due a notice, links and codes, what came in, what people want of it"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What was said before mails began is nobody's to be mailed.
TOLD = (
    "UPDATE participation SET mailed = (SELECT CASE WHEN participation.face = 'staff' THEN seq ELSE public_seq END"
    " FROM conversation WHERE conversation.id = participation.conversation_id)"
)
TABLES = ("original", "attachment", "incoming", "reading", "challenge", "link_device", "cursor", "notice", "mail")


def upgrade() -> None:
    _wishes()
    _mail()
    _bearers()
    _incoming()
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("participation_id", "participation"),
        sa.Column("number", sa.Integer(), nullable=False),
        _time("at"),
    )
    op.create_index("ix_reading_participation_id_number", "reading", ["participation_id", "number"])
    op.execute(TOLD)


def _wishes() -> None:
    """What people and the firm want of mails."""
    op.add_column("person", _text("mails", 8, server_default="each"))
    op.add_column("person", _time("digest_at", nullable=True))
    op.add_column("address", _time("bounced_at", nullable=True))
    op.add_column("address", _text("bounce", 255, server_default=""))
    for name, value in (("mail_wait", "1"), ("mail_gap", "30"), ("digest_gap", "60"), ("link_days", "30")):
        op.add_column("firm", sa.Column(name, sa.Integer(), nullable=False, server_default=value))
    op.add_column("firm", sa.Column("link_codes", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("participation", _time("mailed_at", nullable=True))
    op.add_column("participation", _text("notify", 8, server_default="all"))


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _text("kind", 12),
        _of("person_id", "person", nullable=True),
        _of("conversation_id", "conversation", nullable=True),
        _text("sender", 80),
        _text("email", 254),
        sa.Column("headers", sa.JSON(), nullable=False),
        _text("subject", 255),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("since", "until")),
        sa.Column("notes", sa.Boolean(), nullable=False),
        _text("reply", 64, nullable=True, unique=True),
        *(_time(name, nullable=True) for name in ("link_ends_at", "link_used_at")),
        _text("state", 8),
        _text("reason", 255),
        sa.Column("tries", sa.Integer(), nullable=False),
        *(_time(name) for name in ("due_at", "created_at")),
        _time("sent_at", nullable=True),
    )
    op.create_index("ix_mail_state_due_at", "mail", ["state", "due_at"])
    op.create_index("ix_mail_conversation_id_person_id", "mail", ["conversation_id", "person_id"])
    op.create_index("ix_mail_person_id_link_ends_at", "mail", ["person_id", "link_ends_at"])
    op.create_index("ix_mail_email_created_at", "mail", ["email", "created_at"])
    op.create_table(
        "notice",
        sa.Column("participation_id", sa.Integer(), sa.ForeignKey("participation.id"), primary_key=True),
        _time("due_at"),
    )
    op.create_index("ix_notice_due_at", "notice", ["due_at"])
    op.create_table(
        "cursor",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("name", 16, unique=True),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
    )


def _bearers() -> None:
    op.create_table(
        "challenge",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _text("purpose", 8),
        _of("person_id", "person", nullable=True),
        sa.Column("mail_id", sa.Integer(), sa.ForeignKey("mail.id"), nullable=True, unique=True),
        _text("email", 254),
        sa.Column("due", sa.Boolean(), nullable=False),
        _text("browser", 64),
        sa.Column("tries", sa.Integer(), nullable=False),
        *(_time(name) for name in ("created_at", "ends_at")),
        _time("used_at", nullable=True),
    )
    op.create_index("ix_challenge_person_id_created_at", "challenge", ["person_id", "created_at"])
    op.create_index("ix_challenge_browser", "challenge", ["browser"])
    op.create_index("ix_challenge_due_ends_at", "challenge", ["due", "ends_at"])
    op.create_table(
        "link_device",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _of("person_id", "person"),
        _text("digest", 64, unique=True),
        _text("label", 120),
        *(_time(name) for name in ("created_at", "seen_at")),
        _time("revoked_at", nullable=True),
    )
    op.create_index("ix_link_device_person_id_revoked_at", "link_device", ["person_id", "revoked_at"])


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _text("way", 8),
        _text("mark", 255, nullable=True, unique=True),
        _text("file", 26, unique=True),
        _text("sha256", 64),
        sa.Column("size", sa.Integer(), nullable=False),
        _text("sender", 320),
        sa.Column("recipients", sa.JSON(), nullable=False),
        _text("fate", 9),
        _text("reason", 255),
        _text("email", 320),
        _text("subject", 500),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        _text("token", 32, nullable=True),
        *(_of(f"{noun}_id", noun, nullable=True) for noun in ("mail", "person", "conversation")),
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=True, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        *(_time(name) for name in ("due_at", "received_at")),
        _of("decider_id", "person", nullable=True),
        _time("decided_at", nullable=True),
    )
    op.create_index("ix_incoming_fate_due_at", "incoming", ["fate", "due_at"])
    op.create_index("ix_incoming_fate_decided_at", "incoming", ["fate", "decided_at"])
    op.create_index("ix_incoming_conversation_id_fate", "incoming", ["conversation_id", "fate"])
    op.create_index("ix_incoming_mail_id_token", "incoming", ["mail_id", "token"])
    for name in ("files", "quoted"):
        op.add_column("message", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=False, index=True),
        sa.Column("place", sa.Integer(), nullable=False),
        _text("name", 255),
        _text("type", 127),
        sa.Column("size", sa.Integer(), nullable=False),
        _text("file", 26, unique=True),
        _text("sha256", 64),
    )
    op.create_table(
        "original",
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), primary_key=True),
        sa.Column("incoming_id", sa.Integer(), sa.ForeignKey("incoming.id"), nullable=False, index=True),
        sa.Column("pieces", sa.JSON(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
    )


def _text(name: str, length: int, *, nullable: bool = False, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=nullable, **more)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _of(name: str, noun: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{noun}.id"), nullable=nullable)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name in ("quoted", "files"):
        op.drop_column("message", name)
    for name in ("notify", "mailed_at"):
        op.drop_column("participation", name)
    for name in ("link_codes", "link_days", "digest_gap", "mail_gap", "mail_wait"):
        op.drop_column("firm", name)
    for name in ("bounce", "bounced_at"):
        op.drop_column("address", name)
    for name in ("digest_at", "mails"):
        op.drop_column("person", name)
