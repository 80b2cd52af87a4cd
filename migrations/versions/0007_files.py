"""files: uploads, previews, and what they are attached to"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Whose they are, and where. What a file is, its sender alone said until now: the worker looks at each.
KNOWN = (
    "INSERT INTO file (id, public_id, uploader_id, conversation_id, message_id, place, name, type, size, file, sha256,"
    " due_at, tries, wanted_until) SELECT attachment.id, attachment.public_id, message.author_id,"
    " message.conversation_id, message.id, attachment.place, attachment.name, 'application/octet-stream',"
    " attachment.size, attachment.file, attachment.sha256, message.created_at, 0, message.created_at"
    " FROM attachment JOIN message ON message.id = attachment.message_id"
)
BACK = (
    "INSERT INTO attachment (id, public_id, message_id, place, name, type, size, file, sha256)"
    " SELECT id, public_id, message_id, place, name, type, size, file, sha256 FROM file WHERE message_id IS NOT NULL"
)


def upgrade() -> None:
    op.add_column("firm", sa.Column("file_limit", sa.Integer(), nullable=False, server_default="25"))
    _file()
    _upload()
    _preview()
    op.execute(KNOWN)
    _count_on("file")
    op.drop_table("attachment")


def downgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        sa.Column("message_id", sa.Integer(), sa.ForeignKey("message.id"), nullable=False, index=True),
        sa.Column("place", sa.Integer(), nullable=False),
        *_stored(),
        sa.Column("size", sa.Integer(), nullable=False),
    )
    op.execute(BACK)
    _count_on("attachment")
    for name in ("preview", "upload", "file"):
        op.drop_table(name)
    with op.batch_alter_table("firm") as table:
        table.drop_column("file_limit")


def _file() -> None:
    op.create_table(
        "file",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _of("uploader_id", "person", nullable=False),
        _of("conversation_id", "conversation"),
        _of("message_id", "message", index=True),
        sa.Column("place", sa.Integer(), nullable=False),
        *_stored(),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True, index=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("wanted_until", UtcDateTime(), nullable=False),
    )
    newest = ["conversation_id", "message_id", "place"]
    op.create_index("ix_file_conversation_id_message_id_place", "file", newest)
    op.create_index("ix_file_uploader_id_message_id", "file", ["uploader_id", "message_id"])


def _upload() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _of("uploader_id", "person", nullable=False, index=True),
        _of("conversation_id", "conversation"),
        _text("name", 255),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("part", 26, unique=True),
        sa.Column("wanted_until", UtcDateTime(), nullable=False, index=True),
    )


def _preview() -> None:
    op.create_table(
        "preview",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("file_id", "file", nullable=False, unique=True),
        _text("file", 26, unique=True),
        _text("sha256", 64),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
    )


def _count_on(table: str) -> None:
    """PostgreSQL counts ids by itself, and knows nothing of those that were given."""
    if op.get_bind().dialect.name == "postgresql":
        newest = sa.select(sa.func.coalesce(sa.func.max(sa.column("id")), 0) + 1).select_from(sa.table(table))
        op.execute(sa.select(sa.func.setval(f"{table}_id_seq", newest.scalar_subquery(), sa.false())))


def _stored() -> tuple[sa.Column[Any], ...]:
    return _text("name", 255), _text("type", 127), _text("file", 26, unique=True), _text("sha256", 64)


def _text(name: str, length: int, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), **({"nullable": False} | more))


def _of(name: str, table: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), **({"nullable": True} | more))
