"""rights: what agents may, whose clients they find, co-owners, and the record of takeovers"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A first answer to a client was the same fact as a takeover: written right after the message, in its transaction.
ANSWERED = """
    UPDATE event SET name = 'ownership.answered' WHERE name = 'ownership.taken' AND EXISTS (
        SELECT 1 FROM event AS said WHERE said.id = event.id - 1 AND said.name = 'message.posted'
        AND said.conversation_id = event.conversation_id AND said.actor_id = event.actor_id)
"""
TAKEN_OVER = sa.text("name = 'ownership.taken'")


def upgrade() -> None:
    op.execute(ANSWERED)
    op.add_column("firm", sa.Column("withheld", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("firm", sa.Column("agents_reach", sa.String(length=8), nullable=False, server_default="all"))
    op.add_column("firm", sa.Column("co_owners", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("reach", sa.String(length=8), nullable=True))
    op.add_column("participation", sa.Column("co_owner", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index(
        "ix_event_taken_over", "event", ["id"], unique=False, sqlite_where=TAKEN_OVER, postgresql_where=TAKEN_OVER
    )


def downgrade() -> None:
    op.execute("UPDATE event SET name = 'ownership.taken' WHERE name = 'ownership.answered'")
    op.drop_index("ix_event_taken_over", table_name="event")
    op.drop_column("participation", "co_owner")
    op.drop_column("account", "reach")
    op.drop_column("firm", "co_owners")
    op.drop_column("firm", "agents_reach")
    op.drop_column("firm", "withheld")
