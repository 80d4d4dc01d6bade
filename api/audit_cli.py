"""`sigap admin audit`: is the record of who did what still whole?"""

import click

from api.command_store import open_store
from api.store import audit as record


@click.group()
def audit() -> None:
    """The record of who did what."""


@audit.command()
@click.option("--contains", "hashes", multiple=True, metavar="HASH", help="A hash noted earlier; must still be there.")
def verify(hashes: tuple[str, ...]) -> None:
    """Walk the whole chain. Exits with 1 where it does not hold, or where a noted hash is gone.

    Note the hash that is printed now and then, and keep it away from this machine: the chain alone cannot tell that
    all of it was written anew, or that its end was cut off.
    """
    with open_store() as store, store.reading() as connection:
        broken = record.verify(connection)
        if broken is not None:
            raise click.ClickException(f"the chain breaks at entry {broken.number}: {broken.reason}")
        gone = [one for one in hashes if record.holds(connection, one.strip().lower()) is None]
        newest = record.newest(connection)
    if gone:
        raise click.ClickException(f"the chain holds, but {gone[0]} is not in it any more")
    if newest is None:
        click.echo("the record is empty")
    else:
        click.echo(f"whole: {newest.number:,} entries; the newest hash is {newest.hash}")
