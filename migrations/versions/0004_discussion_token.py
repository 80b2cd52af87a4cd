"""discussion token: a creation that is sent twice makes one"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# An index and no constraint: for one, SQLite would have to rebuild the table that all others lean on.


def upgrade() -> None:
    op.add_column("conversation", sa.Column("token", sa.String(length=32), nullable=True))
    op.create_index("uq_conversation_creator_id_token", "conversation", ["creator_id", "token"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_conversation_creator_id_token", table_name="conversation")
    op.drop_column("conversation", "token")
