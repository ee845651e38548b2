"""Settings, from the environment. Read by main, cli and web only."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "IVIG_"


class SettingsError(ValueError):
    """A setting that cannot be used; names it and never repeats its value."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    host: str = Field("127.0.0.1", min_length=1, validation_alias="HOST", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, validation_alias="PORT", description="Port to listen on.")
    data_dir: Path = Field(
        Path("data"), validation_alias="IVIG_DATA_DIR", description="Folder of the SQLite database and the audit key."
    )
    database_url: str | None = Field(
        None,
        min_length=1,
        validation_alias="IVIG_DATABASE_URL",
        repr=False,
        description="sqlite:///... or postgresql://...; a SQLite file in the data folder if left out.",
    )
    audit: Literal["required", "best-effort", "off"] = Field(
        "best-effort",
        validation_alias="IVIG_AUDIT",
        description="required: no answer without its durable audit record; best-effort: the answer does not wait; off.",
    )

    rule_admin: bool = Field(
        False,
        validation_alias="IVIG_RULE_ADMIN",
        description="Whether rule sets may be changed over HTTP; the command line always may.",
    )
    two_persons: bool = Field(
        False,
        validation_alias="IVIG_TWO_PERSONS",
        description="Whether who wrote a draft may neither approve nor publish it.",
    )

    @property
    def url(self) -> str:
        """The database to use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ivig-cds.sqlite3'}"


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError, also for an IVIG_ variable that means nothing here."""
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    if unknown:
        raise SettingsError(f"these settings do not exist: {', '.join(unknown)}")
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(str(item["loc"][0]) for item in error.errors())
        raise SettingsError(f"these settings cannot be used: {names}") from None
