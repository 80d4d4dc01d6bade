"""`sigap admin backup|restore|expire|erase|check`: looking after what is kept."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from api.backup import backup, restore
from api.command_store import open_store, read_settings
from api.erasure import erase_contact
from api.jobs.folders import Folders
from api.moments import now
from api.store import Store, audit, removal
from detector.detector import Detector
from detector.errors import SigapError


@click.command(name="backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_command(file: Path) -> None:
    """Write the whole store and the files of jobs to FILE, a ZIP archive that `restore` reads on either database."""
    settings = read_settings()
    with open_store(settings) as store:
        try:
            told = backup(store, settings.data_folder / "jobs", file, now())
        except (SigapError, OSError) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {sum(told.rows.values()):,} rows, {told.rows['ads']:,} ads, {told.files:,} files of jobs")


@click.command(name="restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Fill an empty store from a backup, all or nothing, and check the chain of the record."""
    settings = read_settings()
    store = Store(settings.store_url)
    try:
        told = restore(store, settings.data_folder / "jobs", file)
    except SigapError as error:
        raise click.ClickException(str(error)) from error
    finally:
        store.close()
    click.echo(f"restored what was backed up at {told.made_at}: {told.rows['ads']:,} ads, {told.files:,} files of jobs")


@click.command(name="expire")
def expire_command() -> None:
    """Delete ads whose time is over (SIGAP_UNJUDGED_DAYS, SIGAP_JUDGED_DAYS). Meant for a timer, once a day."""
    settings = read_settings()
    retention = removal.Retention(settings.unjudged_days, settings.judged_days)
    total = 0
    with open_store(settings) as store:
        while True:
            with store.writing() as connection:
                removed = removal.expire(connection, retention, now())
            total += removed
            if not removed:
                break
    click.echo(f"{total:,} ads removed")


@click.command(name="erase")
@click.argument("contact", metavar="TYPE:VALUE")
@click.option("--reason", required=True, help="Why, for the record: the number or date of the request.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(contact: str, reason: str, yes: bool) -> None:
    """Erase a contact, such as phone:+6281200000011, with every kept ad and every job file that shows it."""
    if ":" not in contact:
        raise click.UsageError("the contact is TYPE:VALUE, such as phone:+6281200000011")
    if not yes:
        click.confirm(f"Erase {contact} and all ads that show it? This can't be undone", abort=True)
    settings = read_settings()
    with open_store(settings) as store:
        try:
            erased = erase_contact(store, Folders(settings.data_folder), contact, "system", now(), reason)
        except SigapError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{erased.ads:,} ads and {len(erased.jobs):,} jobs erased; older backups still hold them")


@click.command(name="check")
def check_command() -> None:
    """Check store, record and model: exits with 1 and names what does not hold."""
    settings = read_settings()
    wrong = []
    try:
        Detector.load(settings.bundle)
        click.echo("model: whole")
    except SigapError as error:
        wrong.append(f"model: {error}")
    with open_store(settings) as store:
        try:
            with store.reading() as connection:
                if store.dialect == "sqlite":
                    said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
                    if said != "ok":
                        wrong.append(f"store: {said}")
                broken = audit.verify(connection)
            if broken is not None:
                wrong.append(f"record: entry {broken.number} is {broken.reason}")
        except SQLAlchemyError as error:
            wrong.append(f"store: {type(error).__name__}")
    for one in wrong:
        click.echo(one, err=True)
    if wrong:
        raise SystemExit(1)
    click.echo("store: whole\nrecord: whole")
