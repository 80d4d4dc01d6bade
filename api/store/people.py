"""Accounts, and the one user of a notebook."""

from datetime import UTC, datetime

from sqlalchemy import select

from api.security.person import Person
from api.store.engine import Store
from api.store.tables import PEOPLE

NOTEBOOK = "notebook"


def notebook(store: Store) -> Person:
    """The one user of a workbench without accounts, made on first use so that what they do has a name."""
    query = select(PEOPLE.c.id).where(PEOPLE.c.login == NOTEBOOK)
    with store.reading() as connection:
        id_ = connection.execute(query).scalar()
    if id_ is None:
        with store.writing() as connection:
            id_ = connection.execute(query).scalar()
            if id_ is None:
                id_ = connection.execute(
                    PEOPLE.insert()
                    .values(login=NOTEBOOK, name="", role="admin", created_at=datetime.now(UTC))
                    .returning(PEOPLE.c.id)
                ).scalar_one()
    return Person(id_, NOTEBOOK, "", "admin", notebook=True)
