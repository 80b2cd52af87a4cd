"""pictures: a person's, by its address, and its files"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("picture", sa.String(length=26), nullable=True))
    op.create_index("ix_person_picture", "person", ["picture"], unique=True)
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.String(length=8), nullable=False),
        sa.Column("file", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_picture_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture")),
        sa.UniqueConstraint("file", name=op.f("uq_picture_file")),
        sa.UniqueConstraint("person_id", "size", name=op.f("uq_picture_person_id_size")),
    )


def downgrade() -> None:
    op.drop_table("picture")
    op.drop_index("ix_person_picture", table_name="person")
    op.drop_column("person", "picture")
