"""whose turn it is, pins, the weekly mail"""

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What clients said last waits for an answer. What staff said last is left alone: nobody is to be reminded of years ago.
WAITING = (
    "UPDATE conversation SET turn = 'us', turn_since = public_active_at"
    " WHERE audience = 'shared' AND archived_at IS NULL AND last_public_message_id IN ("
    "SELECT message.id FROM message JOIN person ON person.id = message.author_id WHERE person.face = 'client')"
)


def upgrade() -> None:
    op.add_column("conversation", sa.Column("turn", sa.String(length=6), nullable=False, server_default="none"))
    op.add_column("conversation", sa.Column("turn_since", UtcDateTime(), nullable=True))
    op.create_index("ix_conversation_turn_turn_since", "conversation", ["turn", "turn_since"])
    op.add_column("participation", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("weekly", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("firm", sa.Column("weekly_day", sa.Integer(), nullable=True, server_default="0"))
    op.add_column("firm", sa.Column("weekly_hour", sa.Integer(), nullable=False, server_default="9"))
    op.create_table(
        "turn_mark",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("conversation_id", sa.Integer(), sa.ForeignKey("conversation.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=6), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_turn_mark_conversation_id_id", "turn_mark", ["conversation_id", "id"])
    op.create_table(
        "weekly",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("brand_id", sa.Integer(), sa.ForeignKey("brand.id"), primary_key=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("told_for", UtcDateTime(), nullable=True),
        sa.Column("mail_key", sa.String(length=26), nullable=True, unique=True),
    )
    op.create_index("ix_weekly_due_at", "weekly", ["due_at"])
    op.execute(WAITING)


def downgrade() -> None:
    op.drop_table("weekly")
    op.drop_table("turn_mark")
    for name in ("weekly_hour", "weekly_day"):
        op.drop_column("firm", name)
    op.drop_column("person", "weekly")
    op.drop_column("participation", "pinned")
    op.drop_index("ix_conversation_turn_turn_since", "conversation")
    for name in ("turn_since", "turn"):
        op.drop_column("conversation", name)
