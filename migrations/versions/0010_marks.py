"""what is seen: reactions, drafts, what was seen"""

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reaction",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("message_id", "message"),
        _of("person_id", "person"),
        sa.Column("emoji", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("message_id", "person_id", "emoji"),
    )
    op.create_index("ix_reaction_person_id", "reaction", ["person_id"])
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("person_id", "person"),
        _of("conversation_id", "conversation"),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("person_id", "conversation_id", "kind"),
    )
    op.create_index("ix_draft_conversation_id", "draft", ["conversation_id"])
    op.add_column("message", sa.Column("reactions", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("message", "reactions")
    op.drop_table("draft")
    op.drop_table("reaction")


def _of(name: str, table: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), nullable=False)
