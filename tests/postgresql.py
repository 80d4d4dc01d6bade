"""A real PostgreSQL of the tests' own: a new cluster in a temporary folder, reached by its socket alone."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"  # Debian's; PostgreSQL refuses to run as root


def binaries() -> Path | None:
    """The folder of PostgreSQL's server programs, None where it is not installed."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    return next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


def reason_for_none() -> str | None:
    """Why no PostgreSQL can be started here; None where one can."""
    if binaries() is None:
        return "no PostgreSQL: apt-get install postgresql"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL doesn't run as root, and runuser is missing"
    return None


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The SQLAlchemy URL of the database `sigap` in a new cluster in `folder` while the block runs."""
    programs = binaries()
    assert programs is not None
    as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    # A socket's path has at most 107 bytes; folders of tests are longer.
    data = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    if as_user:
        shutil.chown(data, USER)

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), *arguments]
        done = subprocess.run(command, cwd=data, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, done.stdout

    try:
        run("initdb", "-D", str(data / "db"), "-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories='{data}' -c fsync=off"
        run("pg_ctl", "-D", str(data / "db"), "-l", str(data / "log"), "-o", options, "-w", "start")
        try:
            run("createdb", "-h", str(data), "-U", USER, "sigap")
            yield f"postgresql+psycopg://{USER}@/sigap?host={data}"
        finally:
            run("pg_ctl", "-D", str(data / "db"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(data, ignore_errors=True)
