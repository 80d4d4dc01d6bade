"""Properties of the accounts of any text: spans, values that hang on digits alone, and work that grows with length."""

import re
import sys
from collections.abc import Callable
from functools import lru_cache
from types import FrameType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detector.entities import EntityExtractor
from detector.knowledge.loader import load, load_banks
from detector.knowledge.schema import Provider
from detector.mentions.accounts import extract_accounts

BANKS = [provider for provider in load_banks().providers if provider.kind == "bank"]
WALLETS = [provider for provider in load_banks().providers if provider.kind == "wallet" and provider.country == "ID"]
PIECES = [
    "rek", "rekening", "no rek:", "norek", "BCA", "bca", "BRI", "mandiri", "DANA", "OVO/", "GoPay", "a.n. Budi", "an",
    "transfer", "ke", "VA", "WA", "NMID", "ID1020000000017", "1234567890", "123-456-7890", "0000-01-000000-50-0",
    "0812-0000-0017", "+62 812 0000 0017", "12-11-2026", "Rp 1.500.000,-", "500rb", "014", "0", "x", "*", "-", "/",
    ". ", ", ", "\n", "\n\n", ":", "(", ")", "١٢٣٤٥٦٧٨٩٠", "İ", "ß", "\x00",
]  # fmt: skip
ADS = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join) | st.lists(st.sampled_from(PIECES), max_size=40).map(
    "".join
)
FLOODS = [
    "1", "1 ", "0-", "rek ", "rek 1234567890 ", "BCA ", "BCA/", "DANA/", "12-11-2026 ", "1234567890 ", "\n", " ",
    "a.n. ", "rek BCA 1234567890, ", "NMID ID1", "+", "1\n",
]  # fmt: skip
VALUE = re.compile(r"[a-z_]+:(?:\d{9,18}|\+6[02]\d{8,13})|qris:ID\d{8,15}")


@lru_cache(maxsize=1)
def extractor() -> EntityExtractor:
    return EntityExtractor(load())


@settings(deadline=None, max_examples=300)
@given(ADS | st.text(max_size=300))
def test_accounts_lie_in_the_text_and_hold_its_digits(text: str) -> None:
    found = extract_accounts(text)
    assert found == sorted(found, key=lambda m: (m.start, m.end, m.value))
    for mention in found:
        shown = text[mention.start : mention.end]
        assert VALUE.fullmatch(mention.value)
        assert shown == shown.strip()
        digits, name = re.sub(r"\D", "", shown), mention.value.partition(":")[2]
        kept = digits.lstrip("0") if mention.detail["kind"] == "wallet" else digits
        assert name.endswith(kept.removeprefix("62") if mention.detail["kind"] == "wallet" else kept)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(BANKS),
    st.data(),
    st.sampled_from([" ", "-", " - ", "–"]),
    st.sampled_from(["rekening {} {}", "transfer ke {}: {} ya", "{} {} a.n. Budi Contoh", "no rek {}\n{}\n"]),
)
def test_spaces_and_dashes_do_not_change_a_number(bank: Provider, data: st.DataObject, gap: str, ad: str) -> None:
    # No date begins with "91".
    number = "91" + data.draw(st.text("0123456789", min_size=bank.digits[0] - 2, max_size=bank.digits[0] - 2))
    name = (*bank.spellings, *bank.loose)[0]
    written = number
    for at in sorted(data.draw(st.sets(st.integers(2, len(number) - 2), max_size=4)), reverse=True):
        written = written[:at] + gap + written[at:]
    groups = [len(group) for group in re.findall(r"\d+", written)]
    # Of a bank with several lengths, a first group of one of them is taken for the number.
    assume(groups[0] not in bank.digits or len(groups) == 1)
    found = extract_accounts(ad.format(name, written))
    assert [m.value for m in found] == [f"{bank.id}:{number}"]


@given(
    st.sampled_from(WALLETS),
    st.integers(10, 99),
    st.sampled_from(["-", " ", "", " - "]),
    st.sampled_from(["0", "+62", "62"]),
)
def test_the_account_of_a_wallet_is_the_phone(wallet: Provider, tail: int, gap: str, head: str) -> None:
    name = (*wallet.spellings, *wallet.loose)[0]
    (account,) = extract_accounts(f"bayar ke {name} {head}812{gap}0000{gap}00{tail} ya")
    assert account.value == f"{wallet.id}:+62812000000{tail}"


@settings(deadline=None, max_examples=100)
@given(ADS)
def test_the_mentions_that_the_model_sees_stay_as_they_are(text: str) -> None:
    before = extractor().extract(text)
    extract_accounts(text)
    assert extractor().extract(text) == before
    assert all(mention.type != "account" for mention in before)


def lines_run(text: str) -> int:
    """How many lines of Python reading a text takes: what time hangs on, and always the same."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        extract_accounts(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("piece", FLOODS)
def test_work_grows_with_length_only(piece: str) -> None:
    short, long = (piece * 2_000)[:2_000], (piece * 8_000)[:8_000]
    extract_accounts(short)  # what is compiled once
    assert lines_run(long) <= 4.5 * lines_run(short) + 500  # a quadratic walk takes sixteen times as many
