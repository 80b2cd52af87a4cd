"""spaces: their people, automatic membership, announcements"""

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("space", sa.Column("welcomes", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("space", sa.Column("welcome", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "private_answer",
        _of("conversation_id", "conversation", primary_key=True),
        _of("announcement_id", "conversation"),
        _of("client_id", "person"),
        sa.Column("message_id", sa.Integer(), nullable=True),
    )
    op.create_index("ix_private_answer_announcement_id_client_id", "private_answer", ["announcement_id", "client_id"])
    op.create_table(
        "automatic_membership",
        _of("conversation_id", "conversation", primary_key=True),
        _of("space_id", "space"),
        _of("marker_id", "person"),
        sa.Column("history", sa.String(length=4), nullable=False),
        sa.Column("marked_at", UtcDateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_automatic_membership_space_id", "automatic_membership", ["space_id"])
    op.create_table(
        "awaited",
        _of("conversation_id", "conversation", primary_key=True),
        _of("person_id", "person", primary_key=True),
        _of("asker_id", "person"),
        sa.Column("history", sa.String(length=4), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_awaited_person_id", "awaited", ["person_id"])


def downgrade() -> None:
    for table in ("awaited", "automatic_membership", "private_answer"):
        op.drop_table(table)
    # The house before knows no such kind: among themselves, its clients would read one another.
    op.execute("UPDATE conversation SET kind = 'discussion', audience = 'internal' WHERE kind = 'announcement'")
    op.drop_column("space", "welcome")
    op.drop_column("space", "welcomes")


def _of(name: str, table: str, *, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), primary_key=primary_key, nullable=False)
