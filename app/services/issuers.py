"""Who may issue tokens: a file that the site writes, read once at the start."""

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from app.errors import AppError
from app.services.callers import SCOPES

LIFETIME = 300
LONGEST_LIFETIME = 900
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _address(text: str) -> str:
    parts = urlsplit(text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or "@" in parts.netloc or parts.fragment or not text.isascii() or " " in text:
        raise ValueError("not an https address")
    return text


def _server(text: str) -> str:
    if urlsplit(_address(text)).query:
        raise ValueError("a FHIR base address has no query")
    return text.rstrip("/")


def _scope(text: str) -> str:
    if text not in SCOPES:
        raise ValueError("no such scope")
    return text


Address = Annotated[str, Field(max_length=500), AfterValidator(_address)]
Server = Annotated[str, Field(max_length=500), AfterValidator(_server)]
Name = Annotated[str, Field(min_length=1, max_length=300)]


class Issuer(BaseModel):
    """One EHR that signs its requests, and what its tokens open."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    iss: Name
    jku: tuple[Address, ...] = Field((), description="Accepted in a token's header; the first is fetched.")
    jwks_file: Path | None = Field(None, description="Keys agreed out of band; then nothing is fetched.")
    tenants: tuple[Name, ...] = Field((), description="If given, each token names one of them; otherwise none.")
    scopes: tuple[Annotated[str, AfterValidator(_scope)], ...] = ("hooks",)
    fhir_servers: tuple[Server, ...] = ()
    max_lifetime_seconds: int = Field(LIFETIME, ge=1, le=LONGEST_LIFETIME)

    @model_validator(mode="after")
    def _has_keys(self) -> "Issuer":
        if self.jwks_file is None and not self.jku:
            raise ValueError("neither jwks_file nor jku")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    issuers: list[Issuer] = Field(min_length=1, max_length=200)


def read_issuers(path: Path) -> tuple[Issuer, ...]:
    """The issuers of a JSON, TOML or YAML file; a key file's path is relative to it. Raises AppError, naming no value."""
    try:
        found = _File.model_validate(_parsed(path)).issuers
    except OSError as error:
        raise AppError(f"the issuers file {path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        places = ", ".join(".".join(map(str, item["loc"])) for item in error.errors()[:5])
        raise AppError(f"the issuers file {path} cannot be used: {places}") from None
    except (ValueError, YAMLError):
        raise AppError(f"the issuers file {path} is not valid {path.suffix.lstrip('.').upper()}") from None
    if len({item.iss for item in found}) != len(found):
        raise AppError(f"the issuers file {path} names an issuer twice")
    return tuple(_beside(path, item) for item in found)


def _parsed(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    if path.suffix == ".toml":
        return tomllib.loads(text)
    if path.suffix in {".yaml", ".yml"}:
        return YAML(typ="safe", pure=True).load(text)
    raise AppError(f"the issuers file {path} must end with .json, .toml, .yaml or .yml")


def _beside(path: Path, issuer: Issuer) -> Issuer:
    if issuer.jwks_file is None:
        return issuer
    return issuer.model_copy(update={"jwks_file": path.parent / issuer.jwks_file})
