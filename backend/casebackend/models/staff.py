"""People who work with cases, their languages and hours, and their sessions."""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casebackend.models.base import Base, Serial, codes_column


class Role(StrEnum):
    """Case managers see cases; coordination sees figures and interpreter requests, and no personal data."""

    CASE_MANAGER = "case_manager"
    COORDINATION = "coordination"


class Place(Base):
    """Where talks take place."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    name: Mapped[str]
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    demo: Mapped[bool]


class StaffMember(Base):
    """Somebody who signs in to the staff pages."""

    __tablename__ = "staff_member"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(codes_column(Role, "role"))
    password_hash: Mapped[str]
    demo: Mapped[bool]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    # Slots exist up to and including this day.
    slots_until: Mapped[date | None]

    place: Mapped[Place | None] = relationship()
    languages: Mapped[list["StaffLanguage"]] = relationship(cascade="all, delete-orphan")
    hours: Mapped[list["WorkingHours"]] = relationship(cascade="all, delete-orphan")


class StaffLanguage(Base):
    """A language (primary subtag of BCP 47) that somebody leads talks in."""

    __tablename__ = "staff_language"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)


class WorkingHours(Base):
    """Weekly hours for first talks; weekday 0 is Monday."""

    __tablename__ = "working_hours"
    __table_args__ = (CheckConstraint("weekday between 0 and 6", name="weekday"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    starts: Mapped[time]
    ends: Mapped[time]


class StaffSession(Base):
    """A signed-in browser; the key is the SHA-256 of what its cookie holds."""

    __tablename__ = "staff_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]

    staff: Mapped[StaffMember] = relationship()


class LoginThrottle(Base):
    """Wrong tries of one login from one address; the key is a keyed hash of both."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    last_try_at: Mapped[datetime]
