"""The person behind a request, and what each role may do.

On this machine alone and with no account made, the workbench is a notebook: whoever sits here is its one user and may
do everything. As soon as one account exists, everybody signs in.
"""

from dataclasses import dataclass
from typing import Literal

Role = Literal["analyst", "lead", "admin", "auditor"]
Permission = Literal[
    "assess",  # have texts judged
    "keep",  # keep ads, upload files of listings
    "read",  # see kept ads, contacts, campaigns, jobs
    "judge",  # give verdicts
    "settle",  # settle disputes, release victims' texts for training
    "export",  # take evidence out
    "administer",  # people, keys, lists, retention, erasure
    "audit",  # read the record of who did what
]
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    "analyst": frozenset({"assess", "keep", "read", "judge", "export"}),
    "lead": frozenset({"assess", "keep", "read", "judge", "settle", "export"}),
    "admin": frozenset({"assess", "keep", "read", "judge", "settle", "export", "administer", "audit"}),
    "auditor": frozenset({"read", "audit"}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, or the notebook's one user."""

    id: int
    login: str
    name: str
    role: Role
    notebook: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the role holds the permission."""
        return permission in PERMISSIONS[self.role]
