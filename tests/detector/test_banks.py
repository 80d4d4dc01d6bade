"""The list of banks and e-wallets: complete, of one meaning, apart from what a model was fitted on."""

import shutil
from pathlib import Path

import pytest
import yaml

from detector.errors import KnowledgeError
from detector.knowledge.loader import DIRECTORY, load, load_banks
from detector.knowledge.schema import Provider
from detector.mentions.accounts import AccountExtractor
from detector.mentions.words import phrase_words

BANKS = load_banks()
WANTED = {"bca", "bri", "bni", "mandiri", "bsi", "cimb", "permata", "danamon", "btn", "seabank", "jago", "maybank",
          "cimb_my", "public_bank", "dana", "ovo", "gopay", "shopeepay"}  # fmt: skip


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    shutil.copytree(DIRECTORY, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def change(directory: Path, **changes: object) -> None:
    path = directory / "banks.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    data["providers"][0] |= changes
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


def test_the_usual_banks_and_wallets_are_known() -> None:
    assert {provider.id for provider in BANKS.providers} >= WANTED


def test_a_spelling_names_one_provider() -> None:
    words = [phrase_words(spelling) for p in BANKS.providers for spelling in (*p.spellings, *p.loose)]
    assert len(words) == len(set(words))
    assert len({p.code for p in BANKS.providers if p.code}) == sum(1 for p in BANKS.providers if p.code)


def test_no_word_says_two_things() -> None:
    lists = [BANKS.account_words, BANKS.payment_words, BANKS.other_numbers, BANKS.payment_codes - {"otp"}]
    assert sum(map(len, lists)) == len(frozenset().union(*lists))


@pytest.mark.parametrize("provider", BANKS.providers, ids=lambda provider: provider.id)
def test_every_spelling_is_found(provider: Provider) -> None:
    extractor = AccountExtractor(BANKS)
    number = "081200000017" if provider.country == "ID" else "0120000017"
    number = number if provider.kind == "wallet" else ("91" + "0" * 20)[: provider.digits[0] - 1] + "7"
    for spelling in (*provider.spellings, *provider.loose):
        (account,) = extractor.extract(f"transfer ke {spelling} {number}")
        assert account.detail["provider"] == provider.id


def test_banks_are_no_part_of_what_a_model_was_fitted_on(directory: Path) -> None:
    change(directory, name="Contoh")
    assert load_banks(directory) != BANKS
    assert load(directory).digest == load().digest


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"spellings": []}, "it can never be found"),
        ({"digits": []}, "a bank has lengths"),
        ({"kind": "wallet"}, "a wallet has none"),
        ({"code": "14"}, "providers.0.code"),
        ({"id": "bri"}, "the id is used twice"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_broken_entry_is_refused(directory: Path, changes: dict[str, object], reason: str) -> None:
    change(directory, **changes)
    with pytest.raises(KnowledgeError, match=reason):
        load_banks(directory)


def test_a_missing_file_is_refused(directory: Path) -> None:
    (directory / "banks.yaml").unlink()
    with pytest.raises(KnowledgeError, match="missing"):
        load_banks(directory)
