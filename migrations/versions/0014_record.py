"""the record: see-as, exports, erasure"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("erased", "erasure", "export", "sighting")


def upgrade() -> None:
    _sightings()
    _exports()
    _erasures()
    op.add_column("brand", sa.Column("keep_months", sa.Integer(), nullable=True))


def _sightings() -> None:
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("conversation_id", "conversation"),
        _of("viewer_id", "person"),
        _of("client_id", "person"),
        _time("at"),
    )
    op.create_index("ix_sighting_client_id", "sighting", ["client_id"])
    op.create_index("ix_sighting_conversation_id_viewer_id", "sighting", ["conversation_id", "viewer_id", "client_id"])


def _exports() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _of("asker_id", "person"),
        _of("conversation_id", "conversation", nullable=True),
        _of("subject_id", "person", nullable=True),
        _of("client_id", "person", nullable=True),
        _text("contents", 8),
        sa.Column("notes", sa.Boolean(), nullable=False),
        _text("state", 8),
        _text("reason", 32),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "total", "tries")),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("sha256", 64),
        _time("created_at"),
        _time("due_at"),
        _time("ends_at", nullable=True),
    )
    for name in ("conversation_id", "subject_id", "client_id"):
        op.create_index(f"ix_export_{name}", "export", [name])
    op.create_index("ix_export_state_due_at", "export", ["state", "due_at"])
    op.create_index("ix_export_asker_id_id", "export", ["asker_id", "id"])


def _erasures() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("public_id", 26, unique=True),
        _text("cause", 9),
        _of("asker_id", "person", nullable=True),
        _of("conversation_id", "conversation", nullable=True),
        _of("subject_id", "person", nullable=True),
        _text("about", 80),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        _text("chain", 64),
        _time("created_at"),
        _time("due_at"),
        _time("done_at", nullable=True),
    )
    for name in ("conversation_id", "subject_id"):
        op.create_index(f"ix_erasure_{name}", "erasure", [name])
    op.create_index("ix_erasure_done_at_due_at", "erasure", ["done_at", "due_at"])
    op.create_table(
        "erased",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("erasure_id", "erasure"),
        sa.Column("place", sa.Integer(), nullable=False),
        _text("leaf", 64),
    )
    op.create_index("uq_erased_erasure_id_place", "erased", ["erasure_id", "place"], unique=True)
    op.create_index("ix_erased_erasure_id_leaf", "erased", ["erasure_id", "leaf"])


def downgrade() -> None:
    op.drop_column("brand", "keep_months")
    for table in TABLES:
        op.drop_table(table)


def _of(name: str, table: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), nullable=nullable)


def _text(name: str, length: int, **more: Any) -> Any:
    return sa.Column(name, sa.String(length), nullable=False, **more)


def _time(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)
