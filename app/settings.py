"""Settings, from the environment. Read by main, cli and web only."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "IVIG_"
_CALLER = r"(iss:[^\s,]{1,300}( [^\s,]{1,300})?|key:[a-z0-9]{12})"


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
    drain_seconds: float = Field(
        1.0,
        ge=0,
        le=2,
        validation_alias="IVIG_DRAIN_SECONDS",
        description="Seconds between SIGTERM and the end of listening; /readyz answers 503 meanwhile, so that a proxy sees it.",
    )

    auth: Literal["none", "api-key", "jwt", "api-key,jwt"] = Field(
        "none",
        validation_alias="IVIG_AUTH",
        description="Who may call: none (only where HOST is a loopback address), api-key, jwt, or api-key,jwt.",
    )
    issuers: Path | None = Field(
        None,
        validation_alias="IVIG_ISSUERS",
        description="JSON, TOML or YAML file of the token issuers; needed with jwt.",
    )
    public_url: str | None = Field(
        None,
        max_length=300,
        pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*[^\s?#/])?$",
        validation_alias="IVIG_PUBLIC_URL",
        description="Address under which clients reach the service, without a last slash; a token's `aud` is this and "
        "the path (needed with jwt), and links on cards begin with it (none without).",
    )
    docs: Literal["on", "off"] = Field(
        "on",
        validation_alias="IVIG_DOCS",
        description="The documentation pages and /openapi.json, which need no credential.",
    )
    calls_per_second: int = Field(
        50,
        ge=1,
        le=100_000,
        validation_alias="IVIG_CALLS_PER_SECOND",
        description="Calls a second that one credential may make, twice as many in a burst; 429 above. Not with none.",
    )
    fhir_client: Literal["on", "off"] = Field(
        "off",
        validation_alias="IVIG_FHIR_CLIENT",
        description="Whether missing prefetch is fetched from the FHIR servers that the issuers file lists for the caller.",
    )
    max_in_flight: int = Field(
        64,
        ge=1,
        le=10_000,
        validation_alias="IVIG_MAX_IN_FLIGHT",
        description="Requests answered at once; what is more gets 503 and Retry-After.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        validation_alias="IVIG_LOG_LEVEL",
        description="JSON lines on standard output; info holds one line for each answer, without any value that was sent.",
    )
    metrics: bool = Field(
        False, validation_alias="IVIG_METRICS", description="Whether GET /metrics (Prometheus text) is offered."
    )

    cors_origins: str = Field(
        "",
        max_length=2000,
        pattern=r"^(https?://[A-Za-z0-9.\-]+(:\d+)?(,https?://[A-Za-z0-9.\-]+(:\d+)?)*)?$",
        validation_alias="IVIG_CORS_ORIGINS",
        description="Origins whose pages may call the service, comma between them; none if left out, and never all.",
    )
    hooks_silent: Literal["on", "off"] = Field(
        "off",
        validation_alias="IVIG_HOOKS_SILENT",
        description="on: CDS Hooks calls are assessed and recorded, and answered without cards.",
    )
    hooks_silent_for: str = Field(
        "",
        max_length=4000,
        pattern=rf"^({_CALLER}(,{_CALLER})*)?$",
        validation_alias="IVIG_HOOKS_SILENT_FOR",
        description="Callers for whom alone it is so, comma between them: `iss:ISSUER` (all its tenants), `iss:ISSUER TENANT`, "
        "or `key:ID` of an API key.",
    )
    hooks_jurisdiction: str | None = Field(
        None,
        pattern=r"^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$",
        validation_alias="IVIG_HOOKS_JURISDICTION",
        description="Place whose positions the cards show, such as GB-ENG; all places side by side if left out.",
    )
    feedback_days: int = Field(
        730,
        ge=1,
        le=3650,
        validation_alias="IVIG_FEEDBACK_DAYS",
        description="Days that issued cards and their feedback are kept; `ivig-cds feedback purge` forgets those older.",
    )
    feedback_comments: Literal["on", "off"] = Field(
        "off",
        validation_alias="IVIG_FEEDBACK_COMMENTS",
        description="Whether the free text of an override is stored; it can name a patient.",
    )

    case_log: Literal["on", "off"] = Field(
        "off",
        validation_alias="IVIG_CASE_LOG",
        description="on: each request, without tokens, and its answer are kept in the database. They name patients: the site must "
        "encrypt the disk and the backups.",
    )
    case_log_days: int = Field(
        30,
        ge=1,
        le=3650,
        validation_alias="IVIG_CASE_LOG_DAYS",
        description="Days that cases are kept; a running server forgets those older every hour, also when the log is off by then.",
    )

    @property
    def silent_for(self) -> tuple[str, ...]:
        """Callers who get no cards."""
        return tuple(filter(None, self.hooks_silent_for.split(",")))

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins whose pages may call."""
        return tuple(filter(None, self.cors_origins.split(",")))

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


LOCAL_NAME = "localhost"


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == LOCAL_NAME


def check_access(settings: Settings) -> None:
    """Refuse settings that would let anyone in, or no one. Raises SettingsError."""
    if settings.auth == "none" and not is_loopback(settings.host):
        raise SettingsError(
            "IVIG_AUTH=none is for a loopback HOST only: set IVIG_AUTH=api-key or jwt, or HOST=127.0.0.1"
        )
    if "jwt" not in settings.auth:
        return
    missing = [name for name, value in _needed(settings).items() if value is None]
    if missing:
        raise SettingsError(f"IVIG_AUTH with jwt needs {' and '.join(missing)}")
    address = urlsplit(str(settings.public_url))
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        raise SettingsError("IVIG_PUBLIC_URL must be https, but for a loopback address")


def _needed(settings: Settings) -> dict[str, object]:
    return {"IVIG_ISSUERS": settings.issuers, "IVIG_PUBLIC_URL": settings.public_url}


def settings_table() -> str:
    """Every setting as a Markdown table: names, defaults and meanings; never a value of this process."""
    lines = ["| setting | takes | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{field.validation_alias}` | {_takes(field)} | {_default(field)} | {field.description} |"
        for field in Settings.model_fields.values()
    ]
    return "\n".join(lines) + "\n"


def _takes(field: FieldInfo) -> str:
    names = {
        "int": "whole number",
        "float": "number",
        "bool": "true or false",
        "Path": "path",
        "Path | None": "path",
        "str": "text",
        "str | None": "text",
    }
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    kind = field.annotation
    return names[kind.__name__ if isinstance(kind, type) else " | ".join(_name(part) for part in get_args(kind))]


def _name(part: type) -> str:
    return "None" if part is type(None) else part.__name__


def _default(field: FieldInfo) -> str:
    return "not set" if field.default is None else f"`{field.default}`"


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
