"""Clustering, by examples: what joins two listings, what does not, and how well it does on a known truth."""

from random import Random

import pytest

from detector.campaigns import Clustering, Listing, Options, cluster
from tests.detector.campaigns.generate import Generator, Mix, measure, told

ADMIN = (
    "Dibutuhkan segera admin kantor untuk penempatan di Kamboja, gaji 15 juta per bulan, mess dan makan ditanggung "
    "perusahaan, tanpa pengalaman akan dilatih, paspor dan tiket kami urus, berangkat minggu depan, kuota terbatas"
)
KITCHEN = (
    "Lowongan juru masak restoran keluarga di pusat kota, kerja enam hari seminggu, libur hari Senin, seragam dan "
    "bonus akhir tahun tersedia, pelamar membawa surat lamaran lengkap serta menunjukkan contoh masakan andalan sendiri"
)
GARDEN = (
    "Perkebunan kami mencari pemanen sawit, upah borongan dibayar tiap dua pekan, rumah karyawan berikut listrik "
    "gratis, sekolah anak tersedia dalam kompleks, calon harus sehat jasmani sanggup tinggal jauh dari keramaian"
)


def members(found: Clustering) -> list[tuple[str, ...]]:
    return [campaign.members for campaign in found.campaigns]


def invented(count: int, seed: int) -> list[str]:
    """Texts that have nothing in common."""
    draw = Random(seed)
    words = ["".join(draw.choices("aiueobdgklmnprst", k=7)) for _ in range(5_000)]
    return [" ".join(draw.choices(words, k=40)) for _ in range(count)]


def test_copies_join_and_strangers_stand_alone() -> None:
    found = cluster(
        [
            Listing("b", ADMIN.replace("Kamboja", "Poipet").replace("15", "12").replace("admin kantor", "staf ketik")),
            Listing("a", ADMIN),
            Listing("c", KITCHEN),
        ]
    )
    assert members(found) == [("a", "b")]
    assert found.singles == ("c",)
    assert found.listings == 3


def test_unlike_texts_join_by_a_shared_contact() -> None:
    phone = ("phone:+6281200000017",)
    found = cluster([Listing("a", ADMIN, phone), Listing("b", KITCHEN, phone), Listing("c", GARDEN)])
    assert members(found) == [("a", "b")]
    assert found.campaigns[0].groups == (1, 1)
    assert found.campaigns[0].contacts == (("phone:+6281200000017", 2),)


def test_short_texts_join_by_contacts_only() -> None:
    found = cluster([Listing("a", "lowongan kerja, japri"), Listing("b", "lowongan kerja, japri"), Listing("c", "")])
    assert not found.campaigns


def test_a_listing_with_many_contacts_ties_none_together() -> None:
    """A warning that lists the numbers of strangers says nothing about who holds them."""
    phones = tuple(f"phone:+62812000000{at:02d}" for at in range(10))
    known = [Listing(f"n{at}", text, (phones[at],)) for at, text in enumerate(invented(10, seed=3))]
    assert not cluster([*known, Listing("warning", GARDEN, phones)]).campaigns


def test_a_hub_ties_nothing_and_is_told() -> None:
    board = "phone:+622150000000"
    strangers = [Listing(f"s{at:02d}", text, (board,), risk=0.1) for at, text in enumerate(invented(30, seed=1))]
    copies = [Listing(f"t{at}", ADMIN, (board,), risk=0.9) for at in range(3)]
    found = cluster([*strangers, *copies])
    assert members(found) == [("t0", "t1", "t2")]
    (hub,) = found.hubs
    assert (hub.contact, hub.listings, hub.groups) == (board, 33, 31)
    assert hub.likeness < 0.01
    assert hub.risk_mean == pytest.approx((30 * 0.1 + 3 * 0.9) / 33, abs=1e-4)
    assert not found.campaigns[0].contacts


def test_one_number_in_a_few_unlike_texts_is_no_hub() -> None:
    recruiter = ("telegram:bos_admin",)
    found = cluster([Listing(f"s{at}", text, recruiter) for at, text in enumerate(invented(8, seed=2))])
    assert [campaign.size for campaign in found.campaigns] == [8]
    assert not found.hubs


def test_one_number_in_many_texts_that_are_alike_is_no_hub() -> None:
    """A campaign that was reworded so much that it falls into many groups is still one hand's."""
    draw, own = Random(5), ADMIN.split()
    listings = []
    for at, strange in enumerate(invented(40, seed=4)):
        words = [word if draw.random() < 0.45 else other for word, other in zip(own, strange.split(), strict=False)]
        listings.append(Listing(f"s{at:02d}", " ".join(words), ("telegram:bos_admin",)))
    found = cluster(listings)
    assert [campaign.size for campaign in found.campaigns] == [40]
    assert not found.hubs


def test_a_text_between_two_campaigns_does_not_chain_them() -> None:
    first = [Listing(f"a{at:02d}", ADMIN.replace("15", str(at)) + f" {extra}") for at, extra in enumerate("pqrstuvwxy")]
    second = [Listing(f"b{at:02d}", GARDEN + f" {extra}") for at, extra in enumerate("pqrstuvwxy")]
    found = cluster([*first, Listing("zz", f"{ADMIN} {GARDEN}"), *second])
    assert sorted(len({id_[0] for id_ in ids} & {"a", "b"}) for ids in members(found)) == [1, 1]


def test_one_stray_listing_does_not_tie_two_large_groups() -> None:
    first = [Listing(f"a{at:02d}", ADMIN, ("phone:+62811",)) for at in range(60)]
    second = [Listing(f"b{at:02d}", GARDEN, ("phone:+62822",)) for at in range(60)]
    stray = Listing("b99", GARDEN, ("phone:+62811",))
    assert [campaign.size for campaign in cluster([*first, *second, stray]).campaigns] == [61, 60]
    twice = [stray, Listing("b98", GARDEN, ("phone:+62811",))]
    assert [campaign.size for campaign in cluster([*first, *second, *twice]).campaigns] == [122]


def test_a_footer_that_strangers_share_does_not_join_them() -> None:
    footer = "mencari kandidat untuk bekerja pada senin pagi siang selasa pagi siang rabu pagi siang kamis pagi siang"
    texts = [f"{' '.join(text.split()[:15])} {footer}" for text in invented(300, seed=6)]
    assert not cluster(Listing(str(at), text) for at, text in enumerate(texts)).campaigns


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_a_campaign_that_fills_much_of_the_archive_is_not_taken_for_stock_phrases(share: float) -> None:
    draw, own, strangers = Random(11), (ADMIN + " " + KITCHEN).split(), invented(1_000, seed=12)
    copies = []
    for strange in strangers[: int(1_000 * share)]:
        edits, others = draw.uniform(0.05, 0.4), strange.split()
        copies.append(" ".join(draw.choice(others) if draw.random() < edits else word for word in own))
    texts = copies + strangers[len(copies) :]
    found = cluster(Listing(f"{at:04d}", text) for at, text in enumerate(texts))
    assert found.campaigns[0].size >= 0.97 * len(copies)
    assert len(found.campaigns) == 1


def test_a_campaign_tells_when_how_risky_and_of_which_kind() -> None:
    found = cluster(
        [
            Listing("a", ADMIN, risk=0.9, typologies=("scam_compound",), date="2026-03-05", source="telegram"),
            Listing("b", ADMIN, risk=0.7, typologies=("scam_compound", "task_scam"), date="2026-01-09T10:00:00+07:00"),
            Listing("c", ADMIN, date="kemarin", source="telegram"),
        ]
    )
    (campaign,) = found.campaigns
    assert (campaign.first_seen, campaign.last_seen) == ("2026-01-09", "2026-03-05")
    assert (campaign.risk_max, campaign.risk_mean) == (0.9, 0.8)
    assert campaign.typologies == (("scam_compound", 2), ("task_scam", 1))
    assert campaign.sources == (("telegram", 2),)
    assert campaign.example == ADMIN
    assert campaign.variants == (ADMIN,)


def test_campaigns_are_sorted_by_size_then_first_id() -> None:
    posted = (("m", ADMIN, 2), ("k", KITCHEN, 2), ("g", GARDEN, 3))
    found = cluster(Listing(f"{name}{at}", text) for name, text, count in posted for at in range(count))
    assert [campaign.members[0] for campaign in found.campaigns] == ["g0", "k0", "m0"]


def test_the_order_of_the_listings_does_not_matter() -> None:
    listings = [known.listing for known in Generator(Mix(listings=600)).listings()]
    mixed = listings.copy()
    Random(1).shuffle(mixed)
    assert cluster(mixed) == cluster(iter(listings))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "\u202e\u200b" * 50,
        "<script>alert(1)</script>" * 20,
        "\ud800\x00",
        "a" * 1_000_000,
        "kerja " * 200_000,
    ],
    ids=["empty", "blank", "unseen", "html", "surrogate", "long word", "long"],
)
def test_hostile_texts_are_listings_like_others(text: str) -> None:
    found = cluster([Listing("a", ADMIN), Listing("b", text), Listing("c", ADMIN + " " + text), Listing("d", text)])
    assert found.listings == 4
    assert {"a", "c"} <= set(found.campaigns[0].members) or "a" in found.singles


def test_nothing_gives_nothing() -> None:
    assert cluster([]) == Clustering((), (), ())


@pytest.mark.parametrize(("contacts", "seed"), [(True, 7), (False, 8)])
def test_a_known_truth_is_found(contacts: bool, seed: int) -> None:
    """3,000 listings, half of them copies with 5 to 40 % of their words changed; with contacts also two hubs."""
    operators: dict[str, int] = {}
    found = cluster(told(Generator(Mix(contacts=contacts, seed=seed)).listings(), operators))
    figures = measure(found, operators)
    assert figures.precision >= 0.99
    assert figures.recall >= 0.95
    assert len(found.hubs) == (2 if contacts else 0)


def test_stricter_options_join_less() -> None:
    pair = [Listing("a", ADMIN), Listing("b", ADMIN.replace("admin kantor", "staf ketik").replace("paspor", "visa"))]
    assert len(cluster(pair).campaigns) == 1
    assert not cluster(pair, Options(likeness=0.95)).campaigns
