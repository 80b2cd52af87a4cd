"""exports: which an admin asked for"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("export", sa.Column("as_admin", sa.Boolean(), nullable=False, server_default=sa.false()))
    admins = sa.table("account", sa.column("person_id"), sa.column("role"))
    theirs = sa.select(admins.c.person_id).where(admins.c.role.in_(("owner", "admin")))
    export = sa.table("export", sa.column("asker_id"), sa.column("as_admin", sa.Boolean()))
    op.execute(sa.update(export).where(export.c.asker_id.in_(theirs)).values(as_admin=True))


def downgrade() -> None:
    op.drop_column("export", "as_admin")
