"""what is said: replies, mentions"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("reply_to_id", sa.Integer(), nullable=True))
    for name in ("quote_staff", "quote_clients"):
        op.add_column("message", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("message", sa.Column("mentions", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_message_reply_to_id", "message", ["reply_to_id"])
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("message_id", "place", "person_id"),
    )
    op.create_index("ix_mention_person_id_current_id", "mention", ["person_id", "current", "id"])


def downgrade() -> None:
    op.drop_table("mention")
    op.drop_index("ix_message_reply_to_id", "message")
    for name in ("mentions", "quote_clients", "quote_staff", "reply_to_id"):
        op.drop_column("message", name)
