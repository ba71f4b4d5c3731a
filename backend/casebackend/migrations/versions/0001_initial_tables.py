"""Initial tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intake",
        sa.Column("external_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("content_digest", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("external_id", name="pk_intake"),
    )
    op.create_index("ix_intake_received_at", "intake", ["received_at"], unique=False)
    op.create_index("ix_intake_state", "intake", ["state"], unique=False)

    op.create_table(
        "login_throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("last_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_throttle"),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_place"),
    )
    op.create_table(
        "staff_member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("case_manager", "coordination", name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slots_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_staff_member_place_id"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_member"),
        sa.UniqueConstraint("login", name="uq_staff_member_login"),
    )
    op.create_table(
        "german_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original_digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.external_id"], name="fk_german_version_intake_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name="fk_german_version_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_german_version"),
    )
    op.create_index("ix_german_version_intake_id", "german_version", ["intake_id"], unique=False)

    op.create_table(
        "slot",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_manager_id"], ["staff_member.id"], name="fk_slot_case_manager_id"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_slot_place_id"),
        sa.PrimaryKeyConstraint("id", name="pk_slot"),
        sa.UniqueConstraint("case_manager_id", "starts_at", name="uq_slot_case_manager_id_starts_at"),
    )
    op.create_index("ix_slot_starts_at", "slot", ["starts_at"], unique=False)

    op.create_table(
        "staff_language",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name="fk_staff_language_staff_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "language", name="pk_staff_language"),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name="fk_staff_session_staff_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_staff_session"),
    )
    op.create_table(
        "state_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("intake_id", sa.Uuid(), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=False),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake.external_id"], name="fk_state_change_intake_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name="fk_state_change_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_state_change"),
    )
    op.create_index("ix_state_change_intake_id", "state_change", ["intake_id"], unique=False)

    op.create_table(
        "working_hours",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name="ck_working_hours_weekday"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name="fk_working_hours_staff_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_working_hours"),
    )
    op.create_index("ix_working_hours_staff_id", "working_hours", ["staff_id"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("interpreter_wanted", sa.Boolean(), nullable=False),
        sa.Column(
            "interpreter",
            sa.Enum(
                "not_needed",
                "spoken_by_case_manager",
                "requested",
                "secured",
                "unavailable",
                name="interpreter",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "provisional",
                "confirmed",
                "lapsed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="ck_appointment_hold_has_end"),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name="fk_appointment_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
    )
    op.create_index("ix_appointment_external_id", "appointment", ["external_id"], unique=False)
    op.create_index("ix_appointment_slot_id", "appointment", ["slot_id"], unique=False)
    op.create_index(
        "uq_appointment_live_slot",
        "appointment",
        ["slot_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('held', 'provisional', 'confirmed')"),
        postgresql_where=sa.text("state IN ('held', 'provisional', 'confirmed')"),
    )

    op.create_table(
        "interpreter_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("mode", sa.String(length=24), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("topic_class", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["staff_member.id"], name="fk_interpreter_request_answered_by_id"),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name="fk_interpreter_request_appointment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_interpreter_request"),
        sa.UniqueConstraint("appointment_id", name="uq_interpreter_request_appointment_id"),
    )


def downgrade() -> None:
    op.drop_table("interpreter_request")
    op.drop_index("uq_appointment_live_slot", table_name="appointment")
    op.drop_index("ix_appointment_slot_id", table_name="appointment")
    op.drop_index("ix_appointment_external_id", table_name="appointment")

    op.drop_table("appointment")
    op.drop_index("ix_working_hours_staff_id", table_name="working_hours")

    op.drop_table("working_hours")
    op.drop_index("ix_state_change_intake_id", table_name="state_change")

    op.drop_table("state_change")
    op.drop_table("staff_session")
    op.drop_table("staff_language")
    op.drop_index("ix_slot_starts_at", table_name="slot")

    op.drop_table("slot")
    op.drop_index("ix_german_version_intake_id", table_name="german_version")

    op.drop_table("german_version")
    op.drop_table("staff_member")
    op.drop_table("place")
    op.drop_table("login_throttle")
    op.drop_index("ix_intake_state", table_name="intake")
    op.drop_index("ix_intake_received_at", table_name="intake")

    op.drop_table("intake")
