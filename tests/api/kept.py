"""Kept ads for the tests of the pages: few, told apart by every filter. Firms, people and numbers are invented."""

from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import update

from api.security.person import Person
from api.store import Store, ads, people, verdicts
from api.store.tables import CAMPAIGNS
from detector.campaigns.contacts import contacts_of
from detector.detector import Detector
from tests.api.ads import COMPOUND, SHOP

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SEA = (
    "Butuh ABK kapal ikan ke Taiwan, berangkat cepat, potong gaji 6 bulan, paspor dipegang agen. "
    "WA 0812 0000 0022 atau forms.gle/DaftarAbk.json"
)
VEILED = "L0ker admin ch4t K4mboj4, gaji 1000 dolar, paspor diurus. Hub t.me/hrd_contoh"
NEWS = (
    "Polisi memulangkan 20 warga yang bekerja di perusahaan penipuan daring di Kamboja. Mereka dijanjikan gaji besar, "
    "kata juru bicara pada Senin."
)
SHORT = "loker kamboja"
TEXTS = (COMPOUND, SHOP, SEA, VEILED, NEWS, SHORT)


@cache
def _told(detector: Detector) -> tuple[ads.NewAd, ...]:
    told = []
    for number, text in enumerate(TEXTS):
        reading = detector.reader.read(text)
        told.append(
            ads.NewAd(
                text,
                reading.text.normal,
                detector.assess(text),
                NOW - timedelta(days=10 * number),
                contacts=contacts_of(text, detector.reader.extractor),
                destinations=tuple(m.value for m in reading.mentions if m.type == "destination" and m.value != "ID"),
                channel=("whatsapp", "", "telegram", "facebook", "x", "sms")[number],
                origin='=grup "loker"' if number == 0 else "",
            )
        )
    return tuple(told)


def fill(store: Store, detector: Detector) -> Person:
    """Keep the six ads, ids 1 to 6; the first two are of campaign 1, the second was judged lawful. Who kept them."""
    person = people.notebook(store)
    with store.writing() as connection:
        connection.execute(
            CAMPAIGNS.insert().values(
                created_at=NOW, first_seen_at=NOW - timedelta(days=10), last_seen_at=NOW, ads=2, highest_risk=0.9
            )
        )
        for new in _told(detector):
            ads.keep(connection, new)
        ads.keep(connection, _told(detector)[2])  # seen twice
        connection.execute(update(ads.ADS).values(kept_by=person.id))
        connection.execute(update(ads.ADS).where(ads.ADS.c.id.in_((1, 4))).values(campaign_id=1))
        verdicts.give(connection, 2, person, "lawful", NOW)
    return person
