"""Settings: one place, read from the environment (PROEFTUIN_…) once."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "data" / "samples"
TAXONOMIES = ROOT / "data" / "taxonomies"


class Settings(BaseSettings):
    """What an installation may choose."""

    model_config = SettingsConfigDict(env_prefix="PROEFTUIN_", extra="ignore")

    data: Path = ROOT / ".proeftuin"
    """Folder for the embedded database; made when it is missing."""

    database_url: str = ""
    """An SQLAlchemy address; blank means SQLite in the data folder."""

    today: date | None = None
    """A fixed day, for a sample that plays in the past; blank means the real day."""

    taxonomy: Path = TAXONOMIES / "skills.csv"
    """The skills taxonomy; data/taxonomies/README.md tells its columns."""

    answer_seconds: float = Field(default=30.0, gt=0.0, le=3600.0)
    """How long one question about a run may take; what is not settled by then says so."""

    def database_address(self) -> str:
        """Return the address of the database, making the data folder for the embedded one."""
        if self.database_url:
            return self.database_url
        self.data.mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{self.data / 'proeftuin.db'}"


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
