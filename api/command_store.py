"""The store that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from api.settings import Settings, explained
from api.store import Store


def read_settings(**given: str) -> Settings:
    """The settings of the environment, but for those `given` on the command line.

    Raises:
        UsageError: one of them cannot be.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by the model
    except ValidationError as error:
        raise click.UsageError(explained(error)) from error


@contextmanager
def open_store(settings: Settings | None = None) -> Iterator[Store]:
    """The store of the environment, of the newest shape, while the block runs.

    Raises:
        ClickException: it does not answer.
    """
    settings = settings or read_settings()
    try:
        store = Store(settings.store_url)
    except ValueError as error:
        raise click.UsageError(f"SIGAP_STORE: {error}") from error
    try:
        try:
            store.migrate()
        except (SQLAlchemyError, OSError) as error:
            raise click.ClickException(f"the store does not answer: {type(error).__name__}") from error
        yield store
    finally:
        store.close()
