"""What has to be said to a database so that it reads a list the quick way."""

from typing import Any

from sqlalchemy import ColumnElement, literal_column
from sqlalchemy.schema import Column


def read_in_order(dialect: str, column: Column[Any]) -> ColumnElement[Any]:
    """A column of a condition that must not choose the index.

    A list is read in its order, from an index that holds all that its filters ask for. SQLite, which keeps no figures
    about the values, would rather follow any index of a filtered column and then sort whatever it finds; a unary plus
    is its way of forbidding that. PostgreSQL keeps figures and decides well.
    """
    return column if dialect == "postgresql" else literal_column(f"+{column.table.name}.{column.name}", column.type)
