"""Accounts at banks and e-wallets: what is one, what only looks like one, and where its number ends."""

import pytest

from detector.mentions.accounts import extract_accounts

# (text, [(value, the words that it was read from)])
ACCOUNTS = [
    # a word for an account, with and without a bank
    ("no rek 1234567890 a.n. Budi Contoh", [("unknown:1234567890", "1234567890")]),
    ("rekening BCA: 123-456-7890", [("bca:1234567890", "123-456-7890")]),
    ("norek mandiri 131-00-0000001-7 ya kak", [("mandiri:1310000000017", "131-00-0000001-7")]),
    ("Bank: BCA\nNo. Rek: 1234567890\na.n. Budi", [("bca:1234567890", "1234567890")]),
    ("No rekening: 1234567890 bank BSI", [("bsi:1234567890", "1234567890")]),
    ("rek BNI 0840000017", [("bni:0840000017", "0840000017")]),
    ("rekening 0000 0100 0000 500", [("unknown:000001000000500", "0000 0100 0000 500")]),
    ("akaun Maybank 1640 0000 0017", [("maybank:164000000017", "1640 0000 0017")]),
    ("acc no: 7600000017 CIMB Malaysia", [("cimb_my:7600000017", "7600000017")]),
    ("Transfer ke BNI saja, a/n Contoh Nama rek;0233-000-017", [("bni:0233000017", "0233-000-017")]),
    ("bank MANDIRI. a/n: CONTOH NAMA. NO.Rek:131-00-0000001-7.A/n", [("mandiri:1310000000017", "131-00-0000001-7")]),
    ("Ini rekeningnya: 0000-01-000000-500. BRI a/n Contoh", [("bri:000001000000500", "0000-01-000000-500")]),
    ("BankBCA 1234567890", [("bca:1234567890", "1234567890")]),
    ("rek BCA 12345678901", [("bca:12345678901", "12345678901")]),  # a digit too many is still the same hand
    # the name of a bank alone, when the number is as long as its numbers are
    ("transfer ke BRI 0000-01-000000-50-0", [("bri:000001000000500", "0000-01-000000-50-0")]),
    ("BCA1234567890", [("bca:1234567890", "1234567890")]),
    ("*1234567890* (BCA)", [("bca:1234567890", "1234567890")]),
    ("transfer 1234567890 BCA", [("bca:1234567890", "1234567890")]),
    ("BCA (014) 1234567890", [("bca:1234567890", "1234567890")]),
    ("BCA 014 1234567890", [("bca:1234567890", "1234567890")]),
    ("Mandiri 1310000000017", [("mandiri:1310000000017", "1310000000017")]),
    ("CIMB Niaga 700000000017 an Siti", [("cimb:700000000017", "700000000017")]),
    ("Permata Bank: 1230000017", [("permata:1230000017", "1230000017")]),
    ("Danamon 1230000017 / BTN 0000001230000017", [
        ("danamon:1230000017", "1230000017"),
        ("btn:0000001230000017", "0000001230000017"),
    ]),
    ("SeaBank no. 901000000017 an Siti Contoh", [("seabank:901000000017", "901000000017")]),
    ("kirim ke jago 100000000017", [("jago:100000000017", "100000000017")]),
    ("Public Bank 3100000017 atas nama Ali Contoh", [("public_bank:3100000017", "3100000017")]),
    # several numbers, each with its own bank
    ("BCA 1234567890, BRI 0000-01-000000-50-0 a.n. Siti", [
        ("bca:1234567890", "1234567890"),
        ("bri:000001000000500", "0000-01-000000-50-0"),
    ]),
    ("1. BCA 1234567890\n2. BNI 0987654321", [("bca:1234567890", "1234567890"), ("bni:0987654321", "0987654321")]),
    # where a number ends
    ("rek BCA 1234567890 12-11-2026 08.00", [("bca:1234567890", "1234567890")]),
    ("rek 1234567890 12-11-2026", [("unknown:1234567890", "1234567890")]),
    ("12-11-2026 rek BCA 1234567890", [("bca:1234567890", "1234567890")]),
    ("transfer ke BNI 1234567890 500rb", [("bni:1234567890", "1234567890")]),
    ("transfer ke BNI 1234567890 sebesar Rp 500.000", [("bni:1234567890", "1234567890")]),
    ("rek BCA 1234567890 WA 0812-0000-0017", [("bca:1234567890", "1234567890")]),
    ("WA 0812-0000-0017 rek BCA 1234567890", [("bca:1234567890", "1234567890")]),
    # e-wallets: their accounts are phones
    ("DANA 0812-0000-0017", [("dana:+6281200000017", "0812-0000-0017")]),
    ("via dana ke +62 812 0000 0017", [("dana:+6281200000017", "+62 812 0000 0017")]),
    ("rekening dana 081200000017", [("dana:+6281200000017", "081200000017")]),
    ("ovo 6281200000017", [("ovo:+6281200000017", "6281200000017")]),
    ("ShopeePay: 0812 0000 0017", [("shopeepay:+6281200000017", "0812 0000 0017")]),
    ("DANA/OVO atau GoPay 081200000017", [
        ("dana:+6281200000017", "081200000017"),
        ("gopay:+6281200000017", "081200000017"),
        ("ovo:+6281200000017", "081200000017"),
    ]),
    ("Touch 'n Go 012-000 0017", [("tng:+60120000017", "012-000 0017")]),
    # the number of a QRIS merchant
    ("scan QRIS, NMID: ID1020000000017", [("qris:ID1020000000017", "ID1020000000017")]),
    ("nmid id 1020 0000 00017", [("qris:ID1020000000017", "id 1020 0000 00017")]),
]  # fmt: skip
NONE = [
    # phones
    ("WA 0812-0000-0017", "a phone"),
    ("rek 081200000017", "a phone where no wallet is named"),
    ("BCA 0812-0000-0017", "a phone beside a bank"),
    ("Bank BNI 021-500-0000", "the phone of a branch"),
    ("hubungi 1234567890 BCA", "announced as a phone"),
    ("rek BCA, WA 1234567890", "announced as a phone"),
    ("pencairan dana 0812-0000-0017", "'dana' is the word for funds"),
    ("PENCAIRAN DANA 0812-0000-0017", "also in capitals"),
    ("bekerja secara mandiri 1310000000017", "'mandiri' is the word for independent"),
    # sums
    ("transfer ke BCA Rp 1.500.000.000", "a sum"),
    ("transfer BCA 1.500.000.000", "a sum without its currency"),
    ("transfer BCA Rp1500000000", "a sum without its dots"),
    ("transfer BCA 1500000000,-", "a sum without its currency and dots"),
    # other papers and dates
    ("SIP3MI 1234567890, rekening perusahaan", "a licence"),
    ("rekening dan NIK 3200000000000001", "an identity"),
    ("BRI, izin no 000001000000500", "a licence beside a bank"),
    ("VA BCA 8077 0812 0000 0017", "made for one payment"),
    ("rekening virtual account 1234567890123", "made for one payment"),
    ("Bank BRI tutup 12-10-2026", "a date"),
    ("rek INV-1234567890", "an invoice"),
    ("rek AB1234567890", "the tail of a code"),
    # nothing that makes it an account
    ("1234567890", "a number alone"),
    ("nomor 1234567890 a.n. Budi", "a holder alone"),
    ("rekening kami sudah pindah ke kantor baru di Jakarta 1234567890", "the word stands too far away"),
    ("BCA buka lowongan. Peserta nomor 1234567890", "another sentence"),
    ("rek BCA 12345678xx", "masked"),
    ("rek BCA 0000000000", "a placeholder"),
    ("rek 12345678", "too short"),
    ("rek 1234567890123456789", "too long"),
    ("BCA 123456789", "not as long as its numbers are"),
    ("", "nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ACCOUNTS, ids=[text for text, _ in ACCOUNTS])
def test_accounts(text: str, expected: list[tuple[str, str]]) -> None:
    found = extract_accounts(text)
    assert [(m.value, text[m.start : m.end]) for m in found] == expected
    assert {m.type for m in found} <= {"account"}


@pytest.mark.parametrize(("text", "why"), NONE, ids=[text for text, _ in NONE])
def test_what_is_no_account(text: str, why: str) -> None:
    assert extract_accounts(text) == [], why


def test_an_account_says_where_it_is_kept() -> None:
    kinds = {
        m.value: dict(m.detail) for m in extract_accounts("BCA 1234567890, OVO 081200000017, NMID ID1020000000017")
    }
    assert kinds == {
        "bca:1234567890": {"provider": "bca", "kind": "bank"},
        "ovo:+6281200000017": {"provider": "ovo", "kind": "wallet"},
        "qris:ID1020000000017": {"provider": "qris", "kind": "merchant"},
    }
