"""Refusals of the services: each has a stable code (contracts/backend-v1.openapi.yml) and no personal value."""


class Refusal(Exception):
    """A request that was understood and is refused."""

    code: str
    status: int


class Unauthorised(Refusal):
    code, status = "unauthorised", 401


class UnknownIntake(Refusal):
    code, status = "unknown_intake", 404


class UnknownSlot(Refusal):
    code, status = "unknown_slot", 404


class UnknownAppointment(Refusal):
    code, status = "unknown_appointment", 404


class RevisionConflict(Refusal):
    """The same revision came with other content."""

    code, status = "revision_conflict", 409


class Withdrawn(Refusal):
    """The person took the consent back; nothing under this id is taken in again."""

    code, status = "withdrawn", 410


class SlotTaken(Refusal):
    """The time cannot be had (any more)."""

    code, status = "slot_taken", 409


class IdConflict(Refusal):
    """The appointment id was used for another hold."""

    code, status = "id_conflict", 409


class EditConflict(Refusal):
    """Somebody else changed the case since the page was opened."""

    code, status = "edit_conflict", 409


class NotDecidable(Refusal):
    """A decision without a state and a reason of contracts/codes-v1.yml."""

    code, status = "not_decidable", 422


class SchemaViolation(Refusal):
    """The body breaks its contract. `errors` names places and rules, never the values found there."""

    code, status = "schema_violation", 422

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(self.code)
        self.errors = errors
