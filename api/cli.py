"""`sigap serve`: the web form and the API on this machine."""

import os

import click
import uvicorn

from api.app import create_app
from api.command_store import open_store, read_settings
from api.jobs.supervisor import Supervisor, missing
from api.security.addresses import is_loopback
from api.settings import Settings
from api.store import people
from detector.detector import Detector
from detector.errors import SigapError


@click.command()
@click.option("--host", help="Address to listen on; SIGAP_HOST, or 127.0.0.1 where not set.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
def serve(host: str | None, port: int, workers: int) -> None:
    """Serve the web form at /, the API at /v1 and its reference at /docs. Limits come from SIGAP_... variables."""
    settings = read_settings() if host is None else read_settings(host=host)
    _refuse_strangers(settings)
    _ask_for_extras(settings)
    try:
        # Loaded before the port is opened, so that a broken bundle is one line here and not a crash later.
        detector = Detector.load(settings.bundle, settings.model)
    except SigapError as error:
        raise click.ClickException(str(error)) from error
    with Supervisor(0 if missing() else settings.workers_jobs):
        if workers == 1:
            uvicorn.run(create_app(settings, detector), host=settings.host, port=port, server_header=False)
        else:
            os.environ["SIGAP_HOST"] = settings.host  # the processes read their settings themselves
            uvicorn.run(
                "api.app:create_app", factory=True, host=settings.host, port=port, workers=workers, server_header=False
            )


def _refuse_strangers(settings: Settings) -> None:
    """Without an account whoever reaches the workbench is its admin: then nobody but this machine may."""
    if is_loopback(settings.host):
        return
    with open_store(settings) as store, store.reading() as connection:
        if people.any_account(connection):
            return
    raise click.UsageError(
        f"{settings.host} can be reached from other machines, and there is no account yet. "
        "Make the first one: sigap admin people add LOGIN"
    )


def _ask_for_extras(settings: Settings) -> None:
    if settings.oidc_issuer:
        try:
            import api.security.oidc  # noqa: F401
        except ImportError as error:
            raise click.UsageError(f"SIGAP_OIDC_ISSUER needs pip install 'sigap[oidc]' ({error.name})") from error
