"""Texts that caught others. Each row is a story: what it looks like, and what it must not be taken for.

The risk itself is never asserted: models change. The signs are, and which of two texts is the riskier.
"""

from dataclasses import dataclass

import pytest

from detector.assessment import Assessment
from detector.detector import Detector
from training.records import ROOT

SAMPLES = ROOT / "data" / "samples"
LURE = (SAMPLES / "lure_scam_compound.txt").read_text(encoding="utf-8")
LAWFUL_HONGKONG = (SAMPLES / "lawful_p3mi_hongkong.txt").read_text(encoding="utf-8")
NEWS = (SAMPLES / "news_police.txt").read_text(encoding="utf-8")
FAKE = (
    "REKRUTMEN KAI 2026, semua jurusan bisa. Gaji 7 juta. Peserta yang lolos wajib booking tiket lewat travel kami, "
    "transfer 1,2 juta ke rekening panitia. Daftar lewat WA 0812-0000-0031."
)
FEES = "upfront_fee travel_reservation_fee training_uniform_fee personal_account_transfer insider_bribe"
DATA = "personal_data_harvest mule_account impersonates_soe_brand"


@dataclass(frozen=True)
class Trap:
    name: str
    text: str
    silent: str  # risk indicators that must not fire
    fires: str  # indicators that must
    why: str


TRAPS = (
    Trap(
        "own warning",
        "Toko Batik Contoh di Pekalongan mencari admin toko, lulusan SMA, gaji UMK, lamaran diantar ke toko.\n"
        "Waspada penipuan, kami tidak memungut biaya pendaftaran, uang seragam atau pelatihan.",
        f"{FEES} impersonates_government",
        "self_warning no_fee_statement",
        "an advertiser who warns of fees asks for none",
    ),
    Trap(
        "own warning, every word of a fraud in it",
        "PT Contoh Logistik membuka lowongan staf gudang Cikarang. Hati-hati penipuan yang mengatasnamakan perusahaan "
        "kami dan meminta transfer biaya tiket travel ke rekening pribadi.",
        FEES,
        "self_warning",
        "the warning names what frauds do; the advertiser does none of it",
    ),
    Trap(
        "own warning of a fraud",
        "Waspada penipuan! Kami resmi dan tidak memungut biaya. Peserta KAI yang lolos wajib booking tiket lewat "
        "travel kami, transfer 1,2 juta ke rekening panitia. Daftar lewat WA 0812-0000-0031.",
        "",
        "self_warning travel_reservation_fee personal_account_transfer",
        "a shield covers its own sentence, not what is asked in the next",
    ),
    Trap(
        "Perseroan Terbatas",
        "Lowongan staf gudang di PT Contoh Sejahtera (Perseroan Terbatas), Bekasi. Lamaran diantar ke kantor.",
        "urgency_limited_slots",
        "",
        "a form of company, no limited number of places",
    ),
    Trap(
        "kuota terbatas",
        "Lowongan staf gudang di Bekasi, kuota terbatas, lamaran diantar ke kantor.",
        "",
        "urgency_limited_slots",
        "what the former must not be taken for",
    ),
    Trap(
        "courier",
        "Dibutuhkan kurir paket area Depok, punya motor dan SIM C. Setor uang COD ke kasir setiap sore. Gaji UMK.",
        f"{FEES} {DATA} deposit_task wage_deposit_delegation",
        "offer_frame",
        "the money of customers, not a fee of the applicant",
    ),
    Trap(
        "bank",
        "Bank Contoh cabang Semarang mencari customer service: melayani nasabah ganti PIN ATM, buka rekening dan "
        "aktivasi mobile banking. Minimal D3, lamaran ke kantor cabang.",
        f"{DATA} {FEES} deposit_task",
        "",
        "PIN and mobile banking are the work, not what the applicant hands over",
    ),
    Trap(
        "account sold",
        "Cari orang jual rekening bank lengkap ATM dan buku tabungan, PIN dan mobile banking ikut, dibayar 500 ribu.",
        "",
        "mule_account",
        "what the former must not be taken for",
    ),
    Trap(
        "fabrikasi",
        "PT Contoh Baja mencari juru las fabrikasi di Cilegon, sertifikat las 3G, gaji UMK. Lamaran ke kantor kami.",
        "impersonates_soe_brand combo_soe_travel_fee combo_brand_free_channel combo_brand_data_harvest",
        "",
        "no bank BRI in fabrikasi",
    ),
    Trap(
        "Jl.Sudirman",
        "Lowongan kasir toko buku. Lamaran diantar ke Jl.Sudirman No.10 Semarang, u.p.Bagian Personalia, jam 08.00.",
        "free_email_or_form lookalike_site",
        "offer_frame",
        "an address without a space is no domain",
    ),
    Trap(
        "Gmail alone",
        "Dicari guru les matematika untuk anak SMP di Sleman, dua kali seminggu. Hubungi ibu.contoh@gmail.com ya.",
        f"{FEES} impersonates_soe_brand impersonates_government no_company_identity lookalike_site",
        "",
        "families and small shops write from free addresses",
    ),
    Trap(
        "short link alone",
        "Lowongan barista kedai kopi di Malang, bisa kerja akhir pekan. Isi formulir lamaran di bit.ly/contoh0000.",
        f"{FEES} {DATA} lookalike_site",
        "offer_frame",
        "a short link is no crime",
    ),
    Trap(
        "well-paid engineer",
        "Perusahaan perangkat lunak di Jakarta Selatan mencari backend engineer senior. Pengalaman minimal 7 tahun "
        "dengan Java dan PostgreSQL. Gaji 45-60 juta per bulan, BPJS. Kirim CV dan portofolio ke karir@contoh.co.id.",
        "implausible_pay no_experience_required vague_job_description foreign_currency_pay_no_skill",
        "offer_frame",
        "high pay for someone who can do the work",
    ),
    Trap(
        "well-paid beginner",
        "Lowongan admin online, gaji 45-60 juta per bulan, tanpa pengalaman, siapa saja bisa. Japri WA 0812-0000-0031.",
        "",
        "implausible_pay no_experience_required",
        "what the former must not be taken for",
    ),
    Trap(
        "police warning",
        "Polda Contoh mengingatkan warga: waspada lowongan admin di Kamboja dengan gaji 15 juta dan visa turis. "
        "Itu modus TPPO. Laporkan ke polisi bila menerima tawaran seperti itu.",
        "combo_visit_visa_closed_destination combo_veiled_cs_implausible_pay combo_hub_all_paid_implausible_pay",
        "warning_frame warning_or_report_frame",
        "a warning recruits nobody",
    ),
    Trap(
        "news",
        NEWS,
        "combo_visit_visa_closed_destination combo_veiled_cs_implausible_pay combo_hub_all_paid_no_experience",
        "news_frame warning_or_report_frame",
        "a report recruits nobody",
    ),
    Trap(
        "victim",
        "Saya korban. Tahun lalu diajak kenalan jadi admin di Kamboja, gaji 12 juta, paspor saya ditahan dan saya "
        "dipukul kalau tidak capai target. Untung bisa pulang lewat KBRI.",
        "combo_retention_exit_penalty combo_veiled_cs_implausible_pay combo_hub_all_paid_implausible_pay",
        "testimony_frame warning_or_report_frame",
        "a victim's own story",
    ),
)


def fired(assessment: Assessment) -> set[str]:
    return {indicator.id for indicator in assessment.indicators}


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_signs(detector: Detector, trap: Trap) -> None:
    silent, fires = set(trap.silent.split()), set(trap.fires.split())
    assert silent | fires <= set(detector.knowledge.by_id), "the table names indicators that exist"
    found = fired(detector.assess(trap.text))
    assert not found & silent, trap.why
    assert fires <= found, trap.why


LAWFUL = {trap.name: trap.text for trap in TRAPS} | {"Hong Kong": LAWFUL_HONGKONG}
for crime in ("own warning of a fraud", "kuota terbatas", "account sold", "well-paid beginner"):
    del LAWFUL[crime]


@pytest.mark.parametrize("name", LAWFUL)
def test_no_trap_reaches_the_crimes(detector: Detector, name: str) -> None:
    logit = detector.assess(LAWFUL[name]).logit
    for crime in (LURE, FAKE):
        assert logit < detector.assess(crime).logit - 2


@pytest.mark.parametrize("name", LAWFUL)
def test_no_trap_is_called_high(detector: Detector, name: str) -> None:
    assert detector.assess(LAWFUL[name]).level != "high"


def test_the_crimes_are_called_high(detector: Detector) -> None:
    assert detector.assess(LURE).level == "high"
    assert detector.assess(FAKE).level == "high"


QUOTED = (
    (
        "news",
        f"Batam (10/11) - Polisi menangkap perekrut yang menyebar iklan di media sosial. Bunyinya: “{LURE}” Tersangka "
        "dijerat Undang-Undang TPPO, kata Kapolres dalam jumpa pers.",
    ),
    (
        "police warning",
        f"WASPADA! Iklan di bawah ini modus TPPO. Jangan percaya, laporkan ke polisi bila menerimanya:\n\n{LURE}\n\n"
        "Sebarkan peringatan ini kepada keluarga.",
    ),
    ("question", f"Saya dapat pesan ini di grup, kira-kira penipuan bukan ya? Ada yang pernah dengar?\n\n{LURE}"),
)


@pytest.fixture(scope="module")
def deep() -> Detector:
    return Detector.load(mode="deep")


@pytest.mark.parametrize(("who", "text"), QUOTED, ids=[who for who, _ in QUOTED])
def test_who_quotes_an_ad_word_for_word_scores_below_the_ad(deep: Detector, who: str, text: str) -> None:
    # Both by the deep answer: the logits of the two answers are not on one scale.
    assert deep.assess(text).logit < deep.assess(LURE).logit - 3, who


def test_news_that_quotes_an_ad_word_for_word_is_not_called_high(detector: Detector) -> None:
    assert detector.assess(dict(QUOTED)["news"]).level != "high"


SHORT = (
    (
        "courier",
        "Koperasi Contoh membuka lowongan kurir. Tugas: antar paket, terima pembayaran COD, setor uang COD ke kasir "
        "setiap sore. Syarat SIM C.",
    ),
)


@pytest.mark.parametrize(("who", "text"), SHORT, ids=[who for who, _ in SHORT])
def test_short_lawful_ads_are_not_called_high(detector: Detector, who: str, text: str) -> None:
    assert detector.assess(text).level != "high", who


FREE = (
    "Seleksi ini tidak dipungut biaya.",
    "Seluruh proses gratis, tidak dipungut biaya apa pun.",
    "Kami tidak memungut biaya.",
)


@pytest.mark.parametrize("sentence", FREE)
@pytest.mark.parametrize("crime", [LURE, FAKE], ids=["lure", "fake"])
def test_a_fake_that_says_it_is_free_is_not_made_lawful_by_it(detector: Detector, crime: str, sentence: str) -> None:
    before, after = detector.assess(crime), detector.assess(f"{crime}\n{sentence}")
    assert abs(after.logit - before.logit) < 2.0
    assert after.level == before.level
    assert {i.id for i in before.indicators if i.severity} <= fired(after), "it hides no sign"


def test_the_lawful_placement_is_below_the_lure(detector: Detector) -> None:
    lawful, lure = detector.assess(LAWFUL_HONGKONG), detector.assess(LURE)
    assert lawful.risk < lure.risk
    assert lawful.logit < lure.logit - 5
    assert not fired(lawful) & {"scam_hub_destination", "tourist_visa_for_work", "veiled_cs_admin_hub"}
    assert {"sip3mi_named_p3mi", "sip2mi_number", "work_visa_stated"} <= fired(lawful)


def test_an_address_is_no_link(detector: Detector) -> None:
    text = "Lamaran diantar ke Jl.Sudirman No.10 Semarang, u.p.Bagian Personalia."
    assert not {"link", "shortlink", "email"} & {entity.type for entity in detector.assess(text).entities}


@pytest.mark.parametrize(
    ("text", "why"),
    [("https://bit.ly/contoh0000", "a bare link"), ("loker Kamboja", "two words"), ("Kamboja 15 juta", "three words")],
)
def test_too_little_is_said_to_be_too_little(detector: Detector, text: str, why: str) -> None:
    assessment = detector.assess(text)
    assert "too_little_text" in assessment.warnings, why
    assert assessment.level == "low", why


HARDER = (
    ("paspor ditahan", "Paspor ditahan kantor sampai kontrak selesai.", "passport_retention"),
    ("visa turis", "Berangkat pakai visa turis dulu, nanti diurus di sana.", "tourist_visa_for_work"),
    ("no family", "Jangan bilang keluarga dulu sebelum berangkat.", "secrecy_from_family"),
)


@pytest.mark.parametrize(("name", "sentence", "sign"), HARDER, ids=[name for name, _, _ in HARDER])
def test_a_sign_of_trafficking_never_lowers_an_offer(detector: Detector, name: str, sentence: str, sign: str) -> None:
    offer = (
        "Lowongan pelayan restoran di Malaysia, gaji RM 2.000 sebulan, mess disediakan. Hubungi WA 0812-0000-0031.\n"
    )
    before, after = detector.assess(offer), detector.assess(offer + sentence)
    assert sign in fired(after) - fired(before)
    [indicator] = [i for i in after.indicators if i.id == sign]
    assert indicator.contribution >= 0
    assert after.logit > before.logit - 0.1, name


def test_no_sign_of_crime_lowers_the_score_and_no_protective_one_raises_it(detector: Detector) -> None:
    for entry in detector.knowledge.indicators:
        weight = detector.weight(entry.id)
        assert entry.polarity not in ("risk", "combination") or weight >= 0, entry.id
        assert entry.polarity != "protective" or weight <= 0, entry.id
