"""`sigap worker`: scores the files that people uploaded on the workbench."""

import logging
import os
import signal
import sys
import threading

import click

from api.command_store import open_store, read_settings

NICENESS = 15  # whoever waits at a page goes first


@click.command()
@click.option("--attended", is_flag=True, hidden=True, help="End when standard input does: with the server.")
def worker(attended: bool) -> None:
    """Score uploaded files, one after the other, until interrupted; several may run, also on several machines.

    They share the store and the data folder: SIGAP_STORE and SIGAP_DATA. Killed at any moment, another one goes on.
    """
    settings = read_settings()
    try:
        from api.jobs.worker import Worker
    except ImportError as missing:
        raise click.ClickException(f"{missing}: pip install 'sigap[batch]'") from missing
    logging.basicConfig(level=logging.INFO, format="%(levelname)s:     %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    os.nice(NICENESS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if attended:
        threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    with open_store(settings) as store:
        Worker(settings, store).run(stop)


def _wait_for_end(stop: threading.Event) -> None:
    """Standard input is a pipe from the server: it ends when that does, killed or not."""
    while sys.stdin.buffer.read(1):
        pass
    stop.set()


if __name__ == "__main__":
    worker()
