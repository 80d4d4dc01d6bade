"""What an operator may set, from environment variables named `SIGAP_...`."""

import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.security.addresses import is_loopback
from detector.deep import Mode


def explained(error: ValidationError) -> str:
    """What is wrong with the settings, in one line: `SIGAP_THREADS: Input should be a valid integer`."""
    first = error.errors()[0]
    name = f"SIGAP_{str(first['loc'][0]).upper()}: " if first["loc"] else ""
    return name + first["msg"].removeprefix("Value error, ")


def user_data() -> Path:
    """The user's data folder (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "sigap"


class Settings(BaseSettings):
    """Built by the application factory, never at import. Each number has bounds."""

    model_config = SettingsConfigDict(env_prefix="SIGAP_", frozen=True)

    bundle: Path | None = Field(default=None, description="folder of the model bundle; the released one where not set")
    model: Mode = Field(
        default="auto", description="which answer is given: `fast`, `deep`, or `deep` only where `fast` is undecided"
    )
    max_body_bytes: int = Field(
        default=1_048_576, ge=1_024, le=67_108_864, description="largest request body, in bytes; larger ones answer 413"
    )
    max_upload_bytes: int = Field(
        default=1_073_741_824,
        ge=1_024,
        le=1_099_511_627_776,
        description="largest file of listings that may be uploaded, in bytes",
    )
    workers_jobs: int = Field(
        default=1,
        ge=0,
        le=64,
        description="processes of `sigap serve` that score uploaded files; 0 where `sigap worker` runs elsewhere",
    )
    threads: int = Field(
        default=min(4, os.cpu_count() or 1), ge=1, le=64, description="texts that one process assesses at the same time"
    )
    queue: int = Field(
        default=64,
        ge=0,
        le=10_000,
        description="requests that may wait for a thread; one more answers 503 with Retry-After",
    )
    store: str | None = Field(
        default=None,
        description="where kept ads lie: `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/DATABASE`; "
        "a file in the user's data folder where not set",
    )
    data: Path | None = Field(
        default=None, description="folder for uploaded files and their results; the user's data folder where not set"
    )
    unjudged_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="days that an ad nobody judged is kept after it was last seen; 0: always",
    )
    judged_days: int = Field(
        default=0, ge=0, le=36_500, description="days that a judged ad is kept after it was last seen; 0: always"
    )
    host: str = Field(
        default="127.0.0.1",
        max_length=255,
        description="address that `sigap serve` listens on; one that other machines reach needs an account first",
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"\Ahttps?://[^/?#\s@]+$",
        description="what people type to reach Sigap, as `https://sigap.example`, where a proxy stands in front",
    )
    session_idle_minutes: int = Field(
        default=60, ge=5, le=1_440, description="minutes without a request after which somebody has to sign in again"
    )
    session_hours: int = Field(
        default=12, ge=1, le=168, description="hours after signing in at which somebody has to sign in again anyway"
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"\Ahttps?://[^?#\s@]+$",
        description="OpenID Connect: the provider's issuer, exactly as it calls itself; needs the extra `oidc`",
    )
    oidc_client_id: str | None = Field(
        default=None, min_length=1, max_length=300, description="OpenID Connect: the name of Sigap at the provider"
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="OpenID Connect: the secret that goes with it; none for a public client"
    )
    oidc_claim: Literal["preferred_username", "email"] = Field(
        default="preferred_username",
        description="OpenID Connect: what is compared with the login of an account at somebody's first sign-in; "
        "an `email` counts only where the provider has verified it",
    )
    oidc_role: Literal["analyst"] | None = Field(
        default=None,
        description="OpenID Connect: `analyst` makes an account for whoever signs in first; "
        "where not set, an admin makes it before",
    )

    @model_validator(mode="after")
    def _oidc_is_whole(self) -> Self:
        if self.oidc_issuer is None:
            return self
        if not self.oidc_client_id:
            raise ValueError("SIGAP_OIDC_ISSUER needs SIGAP_OIDC_CLIENT_ID")
        parts = urlsplit(self.oidc_issuer)
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise ValueError("SIGAP_OIDC_ISSUER must be https, or anybody on the way could sign in")
        return self

    @property
    def data_folder(self) -> Path:
        """Where uploaded files, their results and an SQLite store lie."""
        return self.data or user_data()

    @property
    def store_url(self) -> str:
        """The URL of the store."""
        return self.store or f"sqlite:///{self.data_folder / 'sigap.db'}"
