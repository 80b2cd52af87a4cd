"""public starts: clients' numbers begin anywhere, and so do not tell how much was said and changed before"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOVED = (
    "UPDATE conversation SET public_seq = public_seq + :seq, public_rev = public_rev + :rev WHERE id = :id",
    # By way of the negative: on their way no two numbers may meet.
    "UPDATE message SET public_seq = -public_seq WHERE conversation_id = :id",
    "UPDATE message SET public_seq = :seq - public_seq, public_rev = public_rev + :rev WHERE conversation_id = :id",
    "UPDATE participation SET since = since + :seq, until = until + :seq, read = read + :seq, seen = seen + :seq,"
    " mailed = mailed + :seq WHERE conversation_id = :id AND face = 'client'",
)


def upgrade() -> None:
    link = op.get_bind()
    for key in link.scalars(sa.text("SELECT id FROM conversation WHERE audience = 'shared'")).all():
        by = {"id": key, "seq": secrets.randbelow(2**30), "rev": secrets.randbelow(2**30)}
        for statement in MOVED:
            link.execute(sa.text(statement), by)


def downgrade() -> None:
    """Numbers that begin elsewhere suit the house before, too."""
