"""Slots, appointments and interpreter requests."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casebackend.models.base import Base, Serial, codes_column
from casebackend.models.staff import Place, StaffMember


class AppointmentState(StrEnum):
    """Appointment states of backend-v1.openapi.yml."""

    HELD = "held"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


LIVE_STATES = (AppointmentState.HELD, AppointmentState.PROVISIONAL, AppointmentState.CONFIRMED)
BOOKED_STATES = (AppointmentState.PROVISIONAL, AppointmentState.CONFIRMED)


class InterpreterState(StrEnum):
    """Interpreter states of backend-v1.openapi.yml."""

    NOT_NEEDED = "not_needed"
    SPOKEN = "spoken_by_case_manager"
    REQUESTED = "requested"
    SECURED = "secured"
    UNAVAILABLE = "unavailable"


class Slot(Base):
    """A time that a case manager offers at a place."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("case_manager_id", "starts_at"), Index(None, "starts_at"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_manager_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    case_manager: Mapped[StaffMember] = relationship()
    place: Mapped[Place] = relationship()


class Appointment(Base):
    """A hold, booking or former booking of a slot.

    The partial unique index is what makes double bookings impossible: one slot, one live appointment.
    `external_id` is no foreign key, because the appointment may be confirmed before the intake arrives.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index(
            "uq_appointment_live_slot",
            "slot_id",
            unique=True,
            sqlite_where=text("state IN ('held', 'provisional', 'confirmed')"),
            postgresql_where=text("state IN ('held', 'provisional', 'confirmed')"),
        ),
        CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="hold_has_end"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slot_id: Mapped[str] = mapped_column(ForeignKey("slot.id"), index=True)
    external_id: Mapped[UUID] = mapped_column(index=True)
    language: Mapped[str]
    interpreter_wanted: Mapped[bool]
    interpreter: Mapped[InterpreterState] = mapped_column(codes_column(InterpreterState, "interpreter"))
    state: Mapped[AppointmentState] = mapped_column(codes_column(AppointmentState, "state"))
    held_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    slot: Mapped[Slot] = relationship()
    request: Mapped["InterpreterRequest | None"] = relationship(back_populates="appointment", cascade="all, delete")

    def state_at(self, now: datetime) -> AppointmentState:
        """The state as it counts at `now`: a hold whose time is over has lapsed, written down or not."""
        if self.state == AppointmentState.HELD and self.held_until is not None and self.held_until <= now:
            return AppointmentState.LAPSED
        return self.state


class InterpreterRequest(Base):
    """What the interpreter pool is told: no name, no content of a case (municipalities.md, R6)."""

    __tablename__ = "interpreter_request"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), unique=True)
    language: Mapped[str]
    mode: Mapped[str] = mapped_column(String(24))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    topic_class: Mapped[str]
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"))
    withdrawn_at: Mapped[datetime | None]

    appointment: Mapped[Appointment] = relationship(back_populates="request")
    answered_by: Mapped[StaffMember | None] = relationship()
