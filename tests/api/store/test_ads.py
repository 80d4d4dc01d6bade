"""Keeping an ad: once per text, with its contacts and destinations."""

from datetime import UTC, datetime, timedelta

import pytest

from api.store import Store, ads
from detector.detector import Detector
from detector.errors import NotText
from tests.api.ads import COMPOUND, SHOP

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def new(detector: Detector, text: str, **more: object) -> ads.NewAd:
    return ads.NewAd(text, text.lower(), detector.assess(text), **({"received_at": NOW} | more))


def test_a_kept_ad_comes_back_as_it_was_received(store: Store, detector: Detector) -> None:
    told = new(detector, COMPOUND, contacts=("phone:+6281200000011", "telegram:hrd"), destinations=("KH",), channel="x")
    with store.writing() as connection:
        kept = ads.keep(connection, told)
    with store.reading() as connection:
        ad = ads.get(connection, kept.id)
        assert ad is not None
        assert (ad.text, ad.sha256, ad.received_at) == (COMPOUND, ads.sha256(COMPOUND), NOW)
        assert (ad.risk, ad.level) == (told.assessment.risk, told.assessment.level)
        assert ad.assessment["indicators"]
        assert [(c.type, c.value) for c in ads.contacts_of(connection, kept.id)] == [
            ("phone", "+6281200000011"),
            ("telegram", "hrd"),
        ]
        assert ads.destinations_of(connection, kept.id) == ["KH"]


def test_the_same_text_is_kept_once_and_counted(store: Store, detector: Detector) -> None:
    with store.writing() as connection:
        first = ads.keep(connection, new(detector, COMPOUND))
        again = ads.keep(connection, new(detector, COMPOUND, received_at=NOW + timedelta(days=1)))
        ad = ads.get(connection, first.id)
    assert (first.is_new, again.is_new, again.id) == (True, False, first.id)
    assert ad is not None
    assert (ad.times_seen, ad.last_seen_at - ad.received_at) == (2, timedelta(days=1))


def test_contacts_add_up_over_ads(store: Store, detector: Detector) -> None:
    with store.writing() as connection:
        for text in (COMPOUND, SHOP):
            kept = ads.keep(connection, new(detector, text, contacts=("phone:+6281200000011",)))
        (contact,) = ads.contacts_of(connection, kept.id)
    assert contact.ads == 2
    assert contact.highest_risk == pytest.approx(max(detector.assess(text).risk for text in (COMPOUND, SHOP)))


@pytest.mark.parametrize("text", ["dicari admin \x00 kamboja gaji besar", "dicari admin \ud800 kamboja gaji besar"])
def test_what_no_database_holds_is_refused(store: Store, detector: Detector, text: str) -> None:
    told = ads.NewAd(text, "", detector.assess("dicari admin kamboja gaji besar"), NOW)
    with pytest.raises(NotText), store.writing() as connection:
        ads.keep(connection, told)
