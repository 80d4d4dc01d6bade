"""`sigap admin`: what is done on the server itself. Each part is a module of its own; here they meet."""

import click

from api.audit_cli import audit
from api.people_cli import people
from api.store_cli import backup_command, check_command, erase_command, expire_command, restore_command


@click.group()
def admin() -> None:
    """Look after a Sigap: its people, record and store, which SIGAP_STORE and SIGAP_DATA name."""


admin.add_command(people)
admin.add_command(audit)
for command in (backup_command, restore_command, expire_command, erase_command, check_command):
    admin.add_command(command)
