"""`sigap serve`: the web form and the API on this machine."""

import ipaddress

import click
import uvicorn
from pydantic import ValidationError

from api.app import create_app
from api.settings import Settings
from detector.detector import Detector
from detector.errors import SigapError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web form at /, the API at /v1 and its reference at /docs. Limits come from SIGAP_... variables."""
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise click.UsageError(f"SIGAP_{str(first['loc'][0]).upper()}: {first['msg']}") from error
    if not (settings.allow_remote or _is_loopback(host)):
        raise click.UsageError(
            f"{host} can be reached from other machines, and Sigap has no accounts. "
            "Put a guarded proxy in front, or set SIGAP_ALLOW_REMOTE=true."
        )
    try:
        # Loaded before the port is opened, so that a broken bundle is one line here and not a crash later.
        detector = Detector.load(settings.bundle, settings.model)
    except SigapError as error:
        raise click.ClickException(str(error)) from error
    if workers == 1:
        uvicorn.run(create_app(settings, detector), host=host, port=port, server_header=False)
    else:
        uvicorn.run("api.app:create_app", factory=True, host=host, port=port, workers=workers, server_header=False)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
