"""Outbox: whether somebody was alarmed about a dead letter, and what another system calls a delivery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_outbox_desk"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("reported_at", sa.String(32)))
    op.add_column("outbox", sa.Column("reference", sa.Text))


def downgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.drop_column("reference")
        table.drop_column("reported_at")
