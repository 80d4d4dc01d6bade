"""`sigap admin people`: accounts from the server's own command line, where no account is needed."""

import sys
from typing import get_args

import click
from sqlalchemy import Connection

from api import moments
from api.command_store import open_store
from api.listing import Window
from api.security import accounts, passwords
from api.security.accounts import WeakPassword
from api.security.person import Role
from api.store import people as accounts_of
from api.store.people import Account, AccountError

ACTOR = "system"  # whoever has a shell here is not asked who they are
_ROLES = click.Choice(get_args(Role))
_EVERY = Window(1, 200)
_password = click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from the first line of input.")
_make = click.option("--make", "made", is_flag=True, help="Make a password, print it, and ask for a new one later.")


@click.group()
def people() -> None:
    """Who may use this Sigap."""


@people.command()
@click.argument("login")
@click.option("--name", default="", help="As colleagues know them.")
@click.option("--role", type=_ROLES, help="The first account is an admin's; others are an analyst's unless told.")
@click.option("--office", is_flag=True, help="No password: they sign in by OpenID Connect.")
@_password
@_make
def add(login: str, name: str, role: Role | None, office: bool, from_stdin: bool, made: bool) -> None:
    """Make an account. Its password is asked for, unless told otherwise."""
    with open_store() as store:
        with store.reading() as connection:
            is_first = not accounts_of.any_account(connection)
        if is_first and (office or role not in (None, "admin")):
            raise click.UsageError("the first account is an admin's and has a password; else nobody could add others")
        try:
            accounts_of.login_of(login)
            password = "" if office else _new_password(login, from_stdin, made)
            hash_ = None if office else passwords.hash_password(password)
            with store.writing() as connection:
                account = accounts.add(
                    connection,
                    login,
                    name,
                    role or ("admin" if is_first else "analyst"),
                    actor=ACTOR,
                    now=moments.now(),
                    password_hash=hash_,
                    must_change=made,
                )
        except (AccountError, WeakPassword) as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{account.login} is {account.role} now")
    if made:
        click.echo(f"password until they sign in: {password}")


@people.command(name="list")
def list_() -> None:
    """Print every account: login, role, state, name."""
    with open_store() as store, store.reading() as connection:
        number, pages = 1, 1
        while number <= pages:
            page = accounts_of.listed(connection, Window(number, _EVERY.size))
            for one in page.rows:
                click.echo(f"{one.login}\t{one.role}\t{'closed' if one.disabled_at else 'open'}\t{one.name}")
            number, pages = number + 1, page.pages


@people.command()
@click.argument("login")
@click.option("--undo", is_flag=True, help="Open the account again.")
def disable(login: str, undo: bool) -> None:
    """Close an account and end its sessions."""
    with open_store() as store, store.writing() as connection:
        account = _account(connection, login)
        try:
            deed = accounts.enable if undo else accounts.disable
            deed(connection, account, actor=ACTOR, now=moments.now())
        except AccountError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{account.login} is {'open' if undo else 'closed'} now")


@people.command()
@click.argument("login")
@click.argument("role", type=_ROLES)
def role(login: str, role: Role) -> None:
    """Give an account another role."""
    with open_store() as store, store.writing() as connection:
        account = _account(connection, login)
        try:
            accounts.change_role(connection, account, role, actor=ACTOR, now=moments.now())
        except AccountError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{account.login} is {role} now")


@people.command()
@click.argument("login")
@_password
@_make
def password(login: str, from_stdin: bool, made: bool) -> None:
    """Give an account another password and end its sessions."""
    with open_store() as store:
        with store.reading() as connection:
            account = _account(connection, login)
        if not account.has_password:
            raise click.ClickException("this account signs in by OpenID Connect and has no password")
        try:
            new = _new_password(account.login, from_stdin, made)
        except WeakPassword as error:
            raise click.ClickException(str(error)) from error
        hash_ = passwords.hash_password(new)
        with store.writing() as connection:
            accounts.reset_password(connection, account, hash_, actor=ACTOR, now=moments.now(), own=not made)
    click.echo(f"{account.login} has a new password, and their sessions have ended")
    if made:
        click.echo(f"password until they sign in: {new}")


def _account(connection: Connection, login: str) -> Account:
    account = accounts_of.find(connection, login.strip().lower())
    if account is None:
        raise click.ClickException(f"there is no account {login!r}")
    return account


def _new_password(login: str, from_stdin: bool, made: bool) -> str:
    """A password that was made, read or asked for.

    Raises:
        WeakPassword: it is too easily guessed.
    """
    if made and from_stdin:
        raise click.UsageError("--make and --stdin say two things")
    if made:
        return passwords.make_password()
    if from_stdin:
        new = sys.stdin.readline().rstrip("\r\n")
    else:
        new = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    accounts.check(new, login)
    return new
