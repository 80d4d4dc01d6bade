"""Ads join campaigns as they are kept."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from api import keeping
from api.security.person import Person
from api.store import Store, campaigns, people
from api.store.tables import ADS, AUDIT, CAMPAIGNS, CONTACTS
from detector.detector import Detector

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
AD = (
    "Dibutuhkan segera operator chat pria wanita penempatan {city}, gaji {pay} juta per bulan, makan dan mess gratis, "
    "tiket pesawat ditanggung perusahaan, tanpa pengalaman, usia maksimal tiga puluh lima, yang serius hubungi {phone}"
)
ALIKE = AD.format(city="Poipet", pay=12, phone="0812-0000-0011")
COPY = AD.format(city="Bavet", pay=15, phone="0812-0000-0022")
OTHER = "Kapal penangkap cumi butuh anak buah pulau jauh, kontrak dua tahun, uang saku di bandara, hub 0812-0000-0022"
STRANGER = "Warung soto Bu Tini di Klaten mencari tenaga dapur yang rajin, datang langsung membawa lamaran ke warung"


def keep(store: Store, detector: Detector, texts: Sequence[str], start: int = 0) -> list[int]:
    found = []
    person = people.notebook(store)
    for number, text in enumerate(texts, start=start):
        with store.writing() as connection:
            judged = keeping.judge(detector, text)
            found.append(keeping.keep(connection, judged, person, NOW + timedelta(hours=number)).id)
    return found


def campaign_of(store: Store, ad_id: int) -> int | None:
    with store.reading() as connection:
        return connection.execute(select(ADS.c.campaign_id).where(ADS.c.id == ad_id)).scalar_one()


def test_a_copy_with_another_city_pay_and_number_joins(store: Store, detector: Detector) -> None:
    first, stranger = keep(store, detector, [ALIKE, STRANGER])
    assert campaign_of(store, first) is None
    (copy,) = keep(store, detector, [COPY], start=2)
    assert campaign_of(store, copy) == campaign_of(store, first) is not None
    assert campaign_of(store, stranger) is None
    with store.reading() as connection:
        (campaign,) = connection.execute(select(CAMPAIGNS)).all()
    assert (campaign.ads, campaign.last_seen_at - campaign.first_seen_at) == (2, timedelta(hours=2))


def test_a_shared_number_ties_unlike_ads(store: Store, detector: Detector) -> None:
    copy, other = keep(store, detector, [COPY, OTHER])
    assert campaign_of(store, copy) == campaign_of(store, other) is not None


def test_an_ad_between_two_campaigns_makes_them_one(store: Store, detector: Detector) -> None:
    one = [ALIKE, ALIKE.replace("Poipet", "Bavet")]
    two = [OTHER.replace("0022", "0033"), OTHER.replace("0022", "0033").replace("dua tahun", "tiga tahun")]
    ids = keep(store, detector, [*one, *two])
    before = {campaign_of(store, id_) for id_ in ids}
    assert len(before) == 2
    keep(store, detector, [COPY.replace("0022", "0033")], start=9)
    after = {campaign_of(store, id_) for id_ in ids}
    assert len(after) == 1
    (gone,) = before - after
    with store.reading() as connection:
        assert connection.execute(select(CAMPAIGNS.c.merged_into).where(CAMPAIGNS.c.id == gone)).scalar() in after


@pytest.fixture
def person(store: Store) -> Person:
    return people.notebook(store)


# Each ad has words of its own, so that no two are alike; all show the number of one notice board.
def on_the_board(number: int) -> str:
    random = Random(number)
    words = ["".join(random.choice("bdgklmnprst") + random.choice("aeiou") for _ in range(4)) for _ in range(20)]
    return " ".join([*words, "hubungi 0812-0000-0099"])


def test_a_hub_ties_nothing(store: Store, detector: Detector) -> None:
    ids = keep(store, detector, [on_the_board(number) for number in range(19)])
    assert campaign_of(store, ids[0]) is not None  # so far it looks like one hand
    ids += keep(store, detector, [on_the_board(number) for number in range(19, 22)], start=19)
    assert {campaign_of(store, id_) for id_ in ids} == {None}
    with store.reading() as connection:
        assert connection.execute(select(CONTACTS.c.hub)).scalars().all() == [True]
        assert connection.execute(select(CAMPAIGNS)).all() == []


def test_what_belongs_together_stays_so_when_a_hub_goes(store: Store, detector: Detector) -> None:
    board = [on_the_board(number) for number in range(28)]
    alike = [text + " papan 0812-0000-0099" for text in (ALIKE, COPY)]
    ids = keep(store, detector, [*alike, *board])
    assert {campaign_of(store, id_) for id_ in ids[2:]} == {None}
    assert campaign_of(store, ids[0]) == campaign_of(store, ids[1]) is not None


def test_near_finds_the_copy_and_says_how_alike(store: Store, detector: Detector) -> None:
    first, _ = keep(store, detector, [ALIKE, STRANGER])
    with store.reading() as connection:
        (found,) = campaigns.near(connection, COPY)
        assert (found.ad_id, found.likeness > campaigns.LIKENESS) == (first, True)
        assert campaigns.near(connection, "admin kamboja") == []


def test_what_was_done_is_recorded(store: Store, detector: Detector, person: Person) -> None:
    keep(store, detector, [ALIKE, COPY])
    with store.reading() as connection:
        rows = connection.execute(select(AUDIT.c.actor, AUDIT.c.action, AUDIT.c.object).order_by(AUDIT.c.number)).all()
    assert [tuple(row) for row in rows] == [
        (person.login, "keep.ad", "ad:1"),
        (person.login, "keep.ad", "ad:2"),
    ]
