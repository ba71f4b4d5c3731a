"""Intakes, decisions and German wordings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casebackend.models.base import Base, Serial
from casebackend.models.staff import StaffMember


class Intake(Base):
    """An intake as it was handed over, and where staff stand with it. `version` counts every change of the row."""

    __tablename__ = "intake"

    external_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    content_digest: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(index=True)
    name: Mapped[str | None]
    language: Mapped[str]
    search_text: Mapped[str]
    state: Mapped[str] = mapped_column(String(40), index=True)
    reason: Mapped[str | None] = mapped_column(String(60))
    state_changed_at: Mapped[datetime]
    version: Mapped[int]

    changes: Mapped[list["StateChange"]] = relationship(
        cascade="all, delete-orphan", order_by="StateChange.id.desc()", back_populates="intake"
    )
    german_versions: Mapped[list["GermanVersion"]] = relationship(
        cascade="all, delete-orphan", order_by="GermanVersion.id.desc()", back_populates="intake"
    )


class WithdrawnIntake(Base):
    """That an intake was withdrawn by the person, and when: nothing else is kept of it."""

    __tablename__ = "withdrawn_intake"

    external_id: Mapped[UUID] = mapped_column(primary_key=True)
    withdrawn_at: Mapped[datetime]


class StateChange(Base):
    """A decision: from where to where, by whom, when, why, with the internal note."""

    __tablename__ = "state_change"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.external_id", ondelete="CASCADE"), index=True)
    from_state: Mapped[str] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(60))
    note: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    at: Mapped[datetime]

    intake: Mapped[Intake] = relationship(back_populates="changes")
    staff: Mapped[StaffMember] = relationship()


class GermanVersion(Base):
    """The German wording of a goal, written by staff. Stale once the digest of the original differs."""

    __tablename__ = "german_version"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    intake_id: Mapped[UUID] = mapped_column(ForeignKey("intake.external_id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    original_digest: Mapped[str] = mapped_column(String(64))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    at: Mapped[datetime]

    intake: Mapped[Intake] = relationship(back_populates="german_versions")
    staff: Mapped[StaffMember] = relationship()
