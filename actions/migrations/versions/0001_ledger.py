"""The ledger: consents, receipts, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("consent_id", sa.String(36), primary_key=True),
        sa.Column("intake_id", sa.String(36), nullable=False, index=True),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("text_id", sa.String(64), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("language_shown", sa.String(16), nullable=False),
        sa.Column("granted_at", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("submitted", sa.Boolean, nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
    )
    op.create_table(
        "receipt",
        sa.Column("intake_id", sa.String(36), primary_key=True),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("submitted_at", sa.String(32), nullable=False),
        sa.Column("delivered_at", sa.String(32)),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(128), nullable=False, unique=True),
        sa.Column("intake_id", sa.String(36), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.String(32), nullable=False),
        sa.Column("claimed_until", sa.String(32)),
        sa.Column("delivered_at", sa.String(32)),
        sa.Column("buried_at", sa.String(32)),
        sa.Column("last_error", sa.String(200)),
    )
    op.create_index("outbox_waiting", "outbox", ["delivered_at", "buried_at", "due_at"])


def downgrade() -> None:
    for table in ("outbox", "receipt", "consent"):
        op.drop_table(table)
