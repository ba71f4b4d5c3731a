"""Marks of withdrawn intakes"""

import sqlalchemy as sa
from alembic import op

revision = "0002_withdrawn_intake"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawn_intake",
        sa.Column("external_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("external_id", name="pk_withdrawn_intake"),
    )


def downgrade() -> None:
    op.drop_table("withdrawn_intake")
