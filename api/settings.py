"""What an operator may set, from environment variables named `SIGAP_...`."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from detector.deep import Mode


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
    allow_remote: bool = Field(
        default=False,
        description="let `sigap serve` listen beyond this machine; Sigap has no accounts, so guard it yourself",
    )

    @property
    def data_folder(self) -> Path:
        """Where uploaded files, their results and an SQLite store lie."""
        return self.data or user_data()

    @property
    def store_url(self) -> str:
        """The URL of the store."""
        return self.store or f"sqlite:///{self.data_folder / 'sigap.db'}"
