"""What an operator may set, from environment variables named `SIGAP_...`."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from detector.deep import Mode


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
    allow_remote: bool = Field(
        default=False,
        description="let `sigap serve` listen beyond this machine; Sigap has no accounts, so guard it yourself",
    )
