"""Settings of the process, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from casebackend.municipality import Municipality, UnknownMunicipality, load_municipality

_REPOSITORY = Path(__file__).resolve().parents[2]


class SettingsError(Exception):
    """A setting is missing or unusable; the text names the variable and never its value."""


@dataclass(frozen=True)
class Settings:
    """What the process needs to run. Secrets stay out of `repr`."""

    token: str = field(repr=False)
    session_secret: str = field(repr=False)
    municipality: Municipality
    database_url: str = field(default="sqlite:///var/backend.db", repr=False)
    host: str = "127.0.0.1"
    port: int = 8060
    contracts_dir: Path = _REPOSITORY / "contracts"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read `LOTSE_*` variables.

        Raises:
            SettingsError: a required variable is missing, or a value cannot be used.
        """
        port = environment.get("LOTSE_BACKEND_PORT", "8060")
        if not port.isdecimal():
            raise SettingsError("LOTSE_BACKEND_PORT must be a number")
        contracts_dir = Path(environment.get("LOTSE_CONTRACTS_DIR", cls.contracts_dir))
        if not contracts_dir.is_dir():
            raise SettingsError("LOTSE_CONTRACTS_DIR must be the folder of the contracts")
        try:
            municipality = load_municipality(environment.get("LOTSE_MUNICIPALITY", "duesseldorf"))
        except UnknownMunicipality:
            raise SettingsError("LOTSE_MUNICIPALITY names no municipality that is configured here") from None
        return cls(
            token=_required(environment, "LOTSE_BACKEND_TOKEN"),
            session_secret=_required(environment, "LOTSE_BACKEND_SESSION_SECRET"),
            municipality=municipality,
            database_url=environment.get("LOTSE_BACKEND_DATABASE_URL", cls.database_url),
            host=environment.get("LOTSE_BACKEND_HOST", cls.host),
            port=int(port),
            contracts_dir=contracts_dir,
        )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} must be set")
    return value
