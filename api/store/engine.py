"""The database: one engine, transactions that read or write, migrations.

Reads and writes are told apart because SQLite lets one writer in at a time: a writing transaction takes its place at
once (`BEGIN IMMEDIATE`) and waits for its turn, so that none fails half-way for having started as a reader.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

Dialect = Literal["sqlite", "postgresql"]
MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_MS = 15_000  # how long a writer waits for the one before it
_POOL = 10


class Store:
    """One database. Safe to share between threads; each transaction has a connection of its own."""

    def __init__(self, url: str | URL) -> None:
        """Prepare the engine; nothing is opened yet. `url` is an SQLAlchemy URL, `sqlite:///FILE` or `postgresql://...`.

        Raises:
            ValueError: the URL names another kind of database, or SQLite in memory.
        """
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
            raise ValueError("the store is sqlite:///FILE or postgresql://USER@HOST/DATABASE")
        self.url = parsed
        self.dialect: Dialect = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
        self.engine: Engine = create_engine(parsed, **self._options())
        if self.dialect == "sqlite":
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    def _options(self) -> dict[str, Any]:
        if self.dialect == "sqlite":
            return {"connect_args": {"timeout": _BUSY_MS / 1000, "check_same_thread": False}, "pool_size": _POOL}
        # Short queries of many people: none may take every processor, none is worth compiling.
        options = "-c jit=off -c max_parallel_workers_per_gather=0"
        return {"pool_size": _POOL, "pool_pre_ping": True, "connect_args": {"options": options}}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database; nothing it does is kept."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept whole when the block ends, and not at all when it raises."""
        with self.engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the database to the newest shape, from nothing if need be. Several processes may call it at once."""
        if self.dialect == "sqlite" and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        with self.writing() as connection:
            if self.dialect == "postgresql":  # one migration at a time; SQLite's writer lock does the same
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5161990)")
            if self._revision(connection) != self._newest():
                command.upgrade(self.alembic(connection), "head")

    def downgrade(self, revision: str) -> None:
        """Take the database back to an older shape; what only the newer one holds is lost."""
        with self.writing() as connection:
            command.downgrade(self.alembic(connection), revision)

    def alembic(self, connection: Connection) -> Config:
        """Alembic's configuration for this database, on an open connection."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        return config

    def is_current(self) -> bool:
        """Whether the database answers and has the newest shape."""
        with self.reading() as connection:
            return self._revision(connection) == self._newest()

    def close(self) -> None:
        """Close every connection that is not in use."""
        self.engine.dispose()

    @staticmethod
    def _revision(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    @staticmethod
    def _newest() -> str | None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        return ScriptDirectory.from_config(config).get_current_head()


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    # WAL: readers never wait for the writer. FULL: what was promised survives a power cut. Secure delete: what was
    # erased is overwritten in the file.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={_BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "DEFERRED"))
