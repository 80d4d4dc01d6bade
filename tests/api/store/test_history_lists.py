"""Lists of kept ads, contacts and figures, on both databases."""

from datetime import date, timedelta

import pytest

from api import moments
from api.contact_names import spelled
from api.listing import Window
from api.store import Store, ads, contacts, history, statistics
from api.store.history import Filter
from api.store.search import parse
from detector.detector import Detector
from tests.api.kept import NOW, fill


@pytest.fixture
def filled(store: Store, detector: Detector) -> Store:
    fill(store, detector)
    return store


def ids(store: Store, wanted: Filter, window: Window | None = None, order: history.Order = "date") -> list[int]:
    with store.reading() as connection:
        return [row.id for row in history.find(connection, wanted, window or Window(), order).rows]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [1, 2, 3, 4, 5, 6]),
        (Filter(level="low"), [2, 5, 6]),
        (Filter(typology="seafarer"), [3]),
        (Filter(kind="news"), [5]),
        (Filter(channel="telegram"), [3]),
        (Filter(channel=""), [2]),
        (Filter(verdict="lawful"), [2]),
        (Filter(verdict=""), [1, 3, 4, 5, 6]),
        (Filter(destination="TW"), [3]),
        (Filter(destination="KH"), [1, 4, 5, 6]),
        (Filter(destination="ZZ"), []),
        (Filter(contacts=()), []),
        (Filter(officer=1), [1, 2, 3, 4, 5, 6]),
        (Filter(officer=2), []),
        (Filter(job="0" * 32), []),
        (Filter(since=NOW - timedelta(days=20)), [1, 2, 3]),
        (Filter(until=NOW - timedelta(days=20)), [4, 5, 6]),
        (Filter(since=NOW - timedelta(days=20), until=NOW), [2, 3]),
        (Filter(query=parse("kamboja"), level="low"), [5, 6]),
        (Filter(query=parse("kamboja -loker"), destination="KH", channel="x", kind="news"), [5]),
    ],
)
def test_every_filter_alone_and_together(filled: Store, wanted: Filter, found: list[int]) -> None:
    assert ids(filled, wanted) == found


def test_orders_and_windows(filled: Store) -> None:
    assert ids(filled, Filter(), Window(2, 4)) == [5, 6]
    assert ids(filled, Filter(), Window(9, 4)) == []
    assert ids(filled, Filter(), order="times")[0] == 3
    with filled.reading() as connection:
        page = history.find(connection, Filter(), Window(1, 4), "risk")
        every = list(history.every(connection, Filter(), "risk"))
    risks = [row.risk for row in every]
    assert risks == sorted(risks, reverse=True)
    assert [row.id for row in every][:4] == [row.id for row in page.rows]
    assert (page.total, page.is_more, page.pages) == (6, False, 2)


def test_a_long_list_is_counted_to_a_bound(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, total, is_more in ((5, 5, True), (6, 6, False), (7, 6, False)):
        monkeypatch.setattr(history, "COUNTED", bound)
        with filled.reading() as connection:
            page = history.find(connection, Filter(), Window())
        assert (page.total, page.is_more, len(page.rows)) == (total, is_more, 6)


def test_a_row_tells_who_kept_it_and_whether_it_was_too_short(filled: Store) -> None:
    with filled.reading() as connection:
        rows = {row.id: row for row in history.find(connection, Filter(), Window()).rows}
    assert {row.officer for row in rows.values()} == {"notebook"}
    assert [id_ for id_, row in rows.items() if row.unjudged] == [6]
    assert (rows[3].times_seen, rows[1].campaign_id, rows[2].verdict) == (2, 1, "lawful")


def named(store: Store, detector: Detector, written: str) -> list[tuple[str, str]]:
    spelling = spelled(written, detector.reader.extractor)
    with store.reading() as connection:
        rows = {row.id: row for row in contacts.find(connection, Window()).rows}
        return sorted((rows[id_].type, rows[id_].value) for id_ in contacts.ids_of(connection, spelling))


PHONE, HANDLE, FORM = ("phone", "+6281200000011"), ("telegram", "hrd_contoh"), ("link", "forms.gle/DaftarAbk.json")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("0812-0000-0011", [PHONE]),
        ("+62 812 0000 0011", [PHONE]),
        ("812 0000 0011", [PHONE]),
        ("62812.0000.0011", [PHONE]),
        ("https://wa.me/6281200000011?text=halo", [PHONE]),
        ("phone:+6281200000011", [PHONE]),
        ("@HRD_contoh", [HANDLE]),
        ("t.me/hrd_contoh", [HANDLE]),
        ("telegram:hrd_contoh", [HANDLE]),
        ("forms.gle/DaftarAbk.json", [FORM]),
        ("https://forms.gle/DaftarAbk.json", [FORM]),
        ("link:forms.gle/DaftarAbk.json", [FORM]),
        ("0812-0000-0099", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_contact_is_meant_by_any_spelling(
    filled: Store, detector: Detector, written: str, found: list[tuple[str, str]]
) -> None:
    assert named(filled, detector, written) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("0812 0000", 2),  # a part of two numbers, however it is written
        ("+62 812 0000 00", 2),
        ("DaftarAbk", 1),
        ("HRD_CON", 1),
        ("contoh", 1),
        ("hrd%contoh", 0),  # no wildcard of SQL's
        ("hrd_conto", 1),
        ("x_contoh", 0),
        ("\\", 0),
    ],
)
def test_the_list_of_contacts_is_searched_by_a_part(
    filled: Store, detector: Detector, written: str, found: int
) -> None:
    with filled.reading() as connection:
        page = contacts.find(connection, Window(), "ads", "", spelled(written, detector.reader.extractor))
    assert page.total == found


def test_contacts_in_their_orders_and_of_one_type(filled: Store) -> None:
    with filled.reading() as connection:
        assert next(one.value for one in contacts.find(connection, Window(), "ads").rows) == "hrd_contoh"
        last = [one.last_seen_at for one in contacts.find(connection, Window(), "last").rows]
        risk = [one.highest_risk for one in contacts.find(connection, Window(), "risk").rows]
        assert [one.type for one in contacts.find(connection, Window(), "ads", "phone").rows] == ["phone", "phone"]
    assert last == sorted(last, reverse=True)
    assert risk == sorted(risk, reverse=True)


def test_one_contact_with_its_ads_and_those_beside_it(filled: Store) -> None:
    with filled.reading() as connection:
        found = contacts.get(connection, *HANDLE)
        assert found is not None
        assert found.ads == 2
        seen = contacts.appearances(connection, found.id)
        beside = contacts.beside(connection, found.id)
        assert contacts.get(connection, "telegram", "nobody") is None
    assert [(one.verdict, one.campaign_id) for one in seen] == [("", 1), ("", 1)]
    assert [(one.value, both) for one, both in beside] == [("+6281200000011", 1)]


def test_a_contact_is_seen_as_long_as_its_ads_are(filled: Store, detector: Detector) -> None:
    with filled.writing() as connection:
        form = contacts.get(connection, *FORM)
        assert form is not None
        assert (form.first_seen_at, form.last_seen_at) == (NOW - timedelta(days=20), NOW - timedelta(days=20))
        ad = ads.get(connection, 3)
        assert ad is not None
        again = ads.NewAd(ad.text, ad.text, detector.assess(ad.text), NOW)
        assert not ads.keep(connection, again).is_new
        form, handle = contacts.get(connection, *FORM), contacts.get(connection, *HANDLE)
    assert form is not None
    assert (form.last_seen_at, form.ads) == (NOW, 1)
    assert handle is not None
    assert (handle.first_seen_at, handle.last_seen_at) == (NOW - timedelta(days=30), NOW)


def test_ads_are_counted_by_weeks_in_western_indonesia(filled: Store) -> None:
    first, last = moments.week_of(NOW - timedelta(days=60)), moments.week_of(NOW)
    with filled.reading() as connection:
        counts = statistics.weekly(connection, first, last)
        assert sum(one.ads for one in counts) == 6
        assert {one.week for one in counts} == {moments.week_of(NOW - timedelta(days=10 * at)) for at in range(6)}
        assert statistics.weekly(connection, last, last)[0].typology == "scam_compound"
        assert dict(statistics.destinations(connection, first, last, ("high", "elevated"))) == {"KH": 2, "TW": 1}
        assert dict(statistics.destinations(connection, first, last, ("low",))) == {"KH": 2}
        campaigns = statistics.campaigns(connection, first, last)
    assert (sum(campaigns), campaigns[moments.week_of(NOW - timedelta(days=10)) - first]) == (1, 1)


def test_a_week_begins_on_monday_in_western_indonesia() -> None:
    sunday_night = moments.start_of(date(2026, 11, 23)) - timedelta(seconds=1)
    assert moments.week_of(sunday_night) + 1 == moments.week_of(sunday_night + timedelta(seconds=1))
    assert moments.monday(moments.week_of(NOW)) == date(2026, 11, 23)
    assert moments.week_number(date(1970, 1, 5)) == 0
