"""What can go wrong, typed; every one has an honest sentence in the catalogues and a way on."""


class LotseError(Exception):
    """Base of all errors that the dialogue knows how to answer."""


class BackendUnavailable(LotseError):
    """The case backend did not answer in time or answered with a server error; trying later may help."""


class ReceiptPending(BackendUnavailable):
    """The recipient has the intake in its post box but has not acknowledged it; asking later tells."""


class StatusNotTold(LotseError):
    """The recipient has the intake, but its system says nothing about what became of it."""


class CalendarAbsent(LotseError):
    """Appointments cannot be seen or booked here at all."""


class BackendRefused(LotseError):
    """The case backend refused for good; ``code`` is its reason (contracts/backend-v1.openapi.yml)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WithdrawalImpossible(BackendRefused):
    """The recipient's system has no way to be told that a consent was taken back; the person has to ask there."""

    def __init__(self) -> None:
        super().__init__("withdrawal_impossible")


class SlotTaken(LotseError):
    """Somebody else has this appointment slot."""


class ConsentMissing(LotseError):
    """Something was to be handed over for which no granted consent is on record."""


class LedgerUnavailable(LotseError):
    """The ledger database cannot be reached or is not migrated."""
