"""`docs/accounts.md` says what there is."""

from pathlib import Path
from typing import get_args

import click

from api.people_cli import people
from api.security.person import Role
from api.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "accounts.md").read_text(encoding="utf-8")
OURS = ("host", "public_url", "session_", "oidc_")


def test_every_setting_of_accounts_is_explained() -> None:
    names = [name for name in Settings.model_fields if name.startswith(OURS)]
    assert len(names) > 8
    assert [name for name in names if f"`SIGAP_{name.upper()}`" not in PAGE] == []


def test_every_command_and_option_is_shown() -> None:
    for name, command in people.commands.items():
        lines = "\n".join(line for line in PAGE.splitlines() if line.startswith(f"    sigap admin people {name}"))
        assert lines, name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in lines, (name, option.opts)


def test_every_role_is_there() -> None:
    assert [role for role in get_args(Role) if f"| {role} |" not in PAGE] == []
