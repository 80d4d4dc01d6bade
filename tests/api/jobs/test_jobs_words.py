"""Every code that a file can fail with, and that a row can be rejected with, has words in both languages."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from api.catalog import Catalog, load_catalogs
from api.jobs import folders, preview, words
from api.jobs.failures import CODES
from api.store.ads import CHANNELS
from api.store.jobs import STATES
from detector.batch.readers import formats, records
from detector.deep import MODES
from detector.errors import EmptyInput, InputError, InputTooLarge, NotText, UnreadablePage

READERS = Path(formats.__file__).parent
CATALOGS = load_catalogs()


def first_words(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may begin with: a literal, an f-string, either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr) and node.values:
        if isinstance(node.values[0], ast.Constant):
            yield from first_words(node.values[0])
    elif isinstance(node, ast.IfExp):
        yield from first_words(node.body)
        yield from first_words(node.orelse)


def reject_codes() -> set[str]:
    """The codes in the readers' source: of `reject(...)`, `SourceBroken(...)`, lines without an object, faults."""
    found = {InputError.code, EmptyInput.code, InputTooLarge.code, NotText.code, UnreadablePage.code}
    found |= {fault for fault in get_args(records.Fault) if fault}
    for path in READERS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("reject", "SourceBroken", "_Line") and node.args:
                for argument in (node.args[0], node.args[-1]):
                    found |= {text.partition(":")[0] for text in first_words(argument) if text}
    return (found - {"no_"}) | {"no_text_column", "no_id_column"}  # a name put together


def test_the_walk_finds_the_codes_that_are_known() -> None:
    known = {"columns", "quote", "encoding", "json", "empty", "too_long", "bomb", "unreadable", "not_text"}
    assert known <= reject_codes()
    assert all(code.replace("_", "").isalpha() for code in reject_codes())


@pytest.mark.parametrize("t", CATALOGS.values(), ids=CATALOGS)
def test_every_reject_is_explained(t: Catalog) -> None:
    for code in reject_codes():
        for name in ("title", "about"):
            assert t.strings.get(f"job.reject.{code}.{name}"), code
        said = words.of_reject(f"{code}: some detail", t)
        assert (said.detail, said.title) == ("some detail", t(f"job.reject.{code}.title"))


@pytest.mark.parametrize("t", CATALOGS.values(), ids=CATALOGS)
def test_every_failure_is_explained(t: Catalog) -> None:
    source = Path(preview.__file__).read_text(encoding="utf-8")
    codes = {code.partition(":")[0] for code in (*CODES, "too_many_rows")}
    assert {"encrypted", "old_workbook", "empty_file", "too_slow"} <= codes
    for code in codes:
        assert t.strings.get(f"job.error.{code}.title"), code
        assert t.strings.get(f"job.error.{code}.about"), code
    assert 'error="empty_file"' in source
    said = words.of_failure("nothing_scored: columns", t)
    assert said.detail.startswith(t("job.reject.columns.title"))
    assert words.of_failure("column_missing: isi iklan", t).detail == "isi iklan"
    assert words.of_failure("something: new", t).title == t("job.error.internal.title")
    assert words.of_reject("something: new", t).about == t("job.reject.otherwise.about")


@pytest.mark.parametrize("t", CATALOGS.values(), ids=CATALOGS)
def test_every_choice_has_a_name(t: Catalog) -> None:
    for state in STATES:
        assert t(f"job.state.{state}")
    for mode in MODES:
        assert t(f"job.mode.{mode}")
    for form in set(formats.SUFFIXES.values()):
        assert t(f"job.form.{form}")
    for channel in CHANNELS:
        assert t(f"channel.{channel or 'unknown'}")
    for delimiter in (",", ";", "\t", "|", "\x1f"):
        assert words.of_delimiter(delimiter, t) == t(f"job.delimiter.{words.DELIMITERS[delimiter]}")
    for code in ("no_file", "no_form", "two_files", "cut_off", "format", "too_large", "disk_full", "disk"):
        assert t(f"job.upload.{code}", limit="1 GB")
    said = " ".join(t(f"job.kind.{kind}") for kind in ("table", "lines", "page", "text"))
    for suffix in (*folders.FORMATS, *folders.COMPRESSIONS):
        assert f"`{suffix}`" in said or suffix in (".htm", ".mht"), suffix


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (1_023, "1.023 B"), (1_536, "1,5 KB"), (104_857_600, "100 MB"), (2**30, "1 GB")]
)
def test_sizes(size: int, shown: str) -> None:
    assert words.of_size(size, CATALOGS["id"]) == shown
