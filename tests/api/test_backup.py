"""Everything in one file and back again, also from one database to the other."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api import keeping
from api.backup import BackupError, backup, restore
from api.store import Store, audit, office_lists, people, verdicts
from api.store.tables import ADS, METADATA
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP

NOW = datetime(2026, 11, 24, 8, 0, 0, 654321, tzinfo=UTC)


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    folder = tmp_path / "jobs"
    (folder / "ab12").mkdir(parents=True)
    (folder / "ab12" / "hasil.jsonl").write_text('{"risk": 1}\n', encoding="utf-8")
    return folder


@pytest.fixture
def filled(store: Store, detector: Detector) -> Store:
    person = people.notebook(store)
    with store.writing() as connection:
        for day, text in enumerate((COMPOUND, COMPOUND.replace("Kamboja", "Laos"), SHOP)):
            keeping.keep(connection, keeping.judge(detector, text), person, NOW + timedelta(days=day))
        verdicts.give(connection, 1, person, "confirmed", NOW, evidence=[verdicts.Correction(0, 5, "sign")])
        office_lists.load(connection, b"nama\nPT Contoh\n", "p3mi.csv", "p3mi", "2026-11-01", "contoh", person, NOW)
        connection.exec_driver_sql(
            "INSERT INTO campaigns (id, created_at, first_seen_at, last_seen_at, ads, highest_risk, merged_into) "
            "SELECT 0, created_at, first_seen_at, last_seen_at, 0, 0, id FROM campaigns"
        )
    return store


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    kept = [table for table in METADATA.sorted_tables if table.name not in ("sessions", "devices", "throttles")]
    with store.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in kept
        }


def test_what_was_backed_up_comes_back(filled: Store, jobs: Path, tmp_path: Path, detector: Detector) -> None:
    before = everything(filled)
    told = backup(filled, jobs, tmp_path / "cadangan.zip", NOW)
    assert (told.rows["ads"], told.files) == (3, 1)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")  # from PostgreSQL too
    restore(other, tmp_path / "other-jobs", tmp_path / "cadangan.zip")
    assert everything(other) == before
    assert (tmp_path / "other-jobs" / "ab12" / "hasil.jsonl").read_text(encoding="utf-8") == '{"risk": 1}\n'
    with other.writing() as connection:
        assert audit.verify(connection) is None
        person = people.notebook(filled)
        kept = keeping.keep(connection, keeping.judge(detector, "lowongan baru kasir toko roti di Sleman"), person, NOW)
        assert kept.id == 4, "new rows get new numbers"


def test_into_the_other_database(
    tmp_path: Path, jobs: Path, detector: Detector, request: pytest.FixtureRequest, postgresql_url: str
) -> None:
    source = Store(f"sqlite:///{tmp_path / 'one.db'}")
    source.migrate()
    person = people.notebook(source)
    with source.writing() as connection:
        keeping.keep(connection, keeping.judge(detector, COMPOUND), person, NOW)
    backup(source, jobs, tmp_path / "cadangan.zip", NOW)
    target = Store(postgresql_url)
    with target.engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    restore(target, tmp_path / "other-jobs", tmp_path / "cadangan.zip")
    assert everything(target) == everything(source)
    with target.writing() as connection:
        assert keeping.keep(connection, keeping.judge(detector, SHOP), person, NOW).id == 2
    target.close()


def test_a_backup_overwrites_nothing(filled: Store, jobs: Path, tmp_path: Path) -> None:
    backup(filled, jobs, tmp_path / "cadangan.zip", NOW)
    with pytest.raises(BackupError, match="is there already"):
        backup(filled, jobs, tmp_path / "cadangan.zip", NOW)
    with pytest.raises(BackupError, match="not empty"):
        restore(filled, jobs, tmp_path / "cadangan.zip")


@pytest.mark.parametrize("harm", ["row", "file", "path", "cut", "schema"])
def test_a_touched_backup_is_refused_and_nothing_is_filled(
    filled: Store, jobs: Path, tmp_path: Path, harm: str
) -> None:
    whole, touched = tmp_path / "cadangan.zip", tmp_path / "rusak.zip"
    backup(filled, jobs, whole, NOW)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(touched, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if harm == "row" and name == "tables/ads.jsonl":
                data = data.replace(b"Kamboja", b"Sleman ")
            if harm == "file" and name.startswith("jobs/"):
                data += b"x"
            if harm == "schema" and name == "backup.json":
                data = data.replace(b"backup/1", b"backup/9")
            if harm == "path" and name == "backup.json":
                data = data.replace(b"jobs/ab12", b"jobs/../../ab12")
            target.writestr(name, data)
    if harm == "cut":
        touched.write_bytes(touched.read_bytes()[:-400])
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(BackupError):
        restore(other, tmp_path / "other-jobs", touched)
    other.migrate()
    with other.reading() as connection:
        assert connection.execute(select(ADS.c.id)).all() == []


def test_search_works_after_restoring(filled: Store, jobs: Path, tmp_path: Path) -> None:
    backup(filled, jobs, tmp_path / "cadangan.zip", NOW)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    restore(other, tmp_path / "other-jobs", tmp_path / "cadangan.zip")
    with other.reading() as connection:
        found = connection.exec_driver_sql("SELECT rowid FROM ads_search WHERE ads_search MATCH 'laos'").all()
    assert found == [(2,)]
