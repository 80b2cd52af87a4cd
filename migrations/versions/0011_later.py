"""what is due: sending later, undo, reminders, agreements"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("undo", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("asks", sa.Boolean(), nullable=False, server_default=sa.false()))
    _later()
    _reminders()
    _agreements()


def _later() -> None:
    op.create_table(
        "later",
        *_keys(),
        _of("author_id", "person"),
        _of("conversation_id", "conversation"),
        _text("kind", 8),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("more", sa.JSON(), nullable=False),
        _text("token", 32),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("held", "unless")),
        sa.Column("since", sa.Integer(), nullable=False),
        _text("state", 8),
        _text("reason", 32),
        *(_time(name) for name in ("due_at", "look_at", "created_at")),
        sa.UniqueConstraint("author_id", "token", name="uq_later_author_id_token"),
    )
    op.create_index("ix_later_state_look_at", "later", ["state", "look_at"])
    op.create_index("ix_later_author_id_state", "later", ["author_id", "state"])
    op.create_index("ix_later_conversation_id_state", "later", ["conversation_id", "state"])


def _reminders() -> None:
    op.create_table(
        "reminder",
        *_keys(),
        _of("person_id", "person"),
        _of("conversation_id", "conversation"),
        _of("message_id", "message", nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        *(_time(name, nullable=True) for name in ("due_at", "rang_at", "mail_at")),
        _time("created_at"),
    )
    op.create_index("ix_reminder_due_at", "reminder", ["due_at"])
    op.create_index("ix_reminder_mail_at", "reminder", ["mail_at"])
    op.create_index("ix_reminder_person_id_rang_at", "reminder", ["person_id", "rang_at"])
    op.create_index("ix_reminder_conversation_id", "reminder", ["conversation_id"])
    op.create_index("ix_reminder_rang_at_due_at", "reminder", ["rang_at", "due_at"])


def _agreements() -> None:
    op.create_table(
        "agreement",
        *_keys(),
        sa.Column("conversation_id", sa.Integer(), sa.ForeignKey("conversation.id"), nullable=False, index=True),
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=False, index=True),
        sa.Column("request_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=False, unique=True),
        _of("asker_id", "person"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("frozen", "html")),
        _text("sha256", 64),
        _time("asked_at"),
        *(_time(name, nullable=True) for name in ("changed_at", "withdrawn_at")),
    )
    op.create_table(
        "agreement_answer",
        *_keys(),
        _of("agreement_id", "agreement"),
        _of("person_id", "person"),
        _text("kind", 8),
        _text("name", 80),
        _text("way", 8),
        _of("message_id", "message", nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        _text("sha256", 64),
        _time("at"),
    )
    op.create_index("ix_agreement_answer_agreement_id_person_id", "agreement_answer", ["agreement_id", "person_id"])
    op.create_index("ix_agreement_answer_person_id", "agreement_answer", ["person_id"])


def _keys() -> tuple[sa.Column[Any], sa.Column[Any]]:
    return sa.Column("id", sa.Integer(), primary_key=True), _text("public_id", 26, unique=True)


def _text(name: str, length: int, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=length), nullable=False, **more)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def _of(name: str, noun: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{noun}.id"), nullable=nullable)


def downgrade() -> None:
    for table in ("agreement_answer", "agreement", "reminder", "later"):
        op.drop_table(table)
    op.drop_column("message", "asks")
    op.drop_column("person", "undo")
