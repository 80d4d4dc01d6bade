"""`sigap verify`: does an evidence package still hold?"""

from pathlib import Path

import click

from detector.detector import Detector
from detector.errors import SigapError
from detector.evidence import read, verify

_SAID = {"holds": "holds", "changed": "DOES NOT HOLD", "other_model": "can't be recomputed", "unreadable": "UNREADABLE"}
_MAX_BYTES = 256 << 20


@click.command(name="verify")
@click.argument("package", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bundle", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the model.")
def verify_command(package: Path, bundle: Path | None) -> None:
    """Recompute the hashes and scores of an evidence package, and say whether each still holds.

    Exit code 0: everything holds; 1: something does not; 3: hashes hold, but a score needs another model.
    """
    if package.stat().st_size > _MAX_BYTES:
        raise click.ClickException(f"{package}: over {_MAX_BYTES >> 20} MB")
    try:
        checks = verify(read(package.read_bytes()), Detector.load(bundle))
    except SigapError as error:
        raise click.ClickException(str(error)) from error
    for one in checks:
        click.echo(f"{one.what}: {_SAID[one.finding]}" + (f" ({one.detail})" if one.detail else ""))
    findings = {one.finding for one in checks}
    if findings & {"changed", "unreadable"}:
        raise SystemExit(1)
    if "other_model" in findings:
        raise SystemExit(3)
