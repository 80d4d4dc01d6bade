"""Public data beside the checkout (`../shared/data`): real negatives above all. Only fitted weights leave it.

Labels are those of the sources, except where a note below says how they were read. Texts are used in memory and
never written into the project. Where the folder is missing, a model can still be fitted on the corpus alone.
"""

import random
import re
from collections.abc import Iterable, Iterator
from hashlib import sha1
from pathlib import Path
from typing import Any

from training.records import SHARED, Record, read_jsonl

# Debunked posts that, read again, are an article and a headline rather than the quoted advertisement.
_NOT_THE_AD = re.compile(r"^(di tengah perlambatan|cpns polhut 2026 dibuka besar)", re.I)
_JOB_WORDS = re.compile(
    r"\b(lowongan|loker|kerja|pegawai|karyawan|rekrut\w*|cpns|pppk|job|vacancy|part.?time|gaji|seleksi)\b", re.I
)
# Weights: how much one text counts beside one text of the corpus. Chosen on the development files.
WEIGHTS = {
    "jobs": 0.1,
    "jobs_en": 0.4,
    "news": 0.3,
    "guides": 0.4,
    "sms": 0.4,
    "hoax": 0.3,
    "headlines": 0.3,
    "informal": 0.3,
    "malay": 0.3,
    "fake_jobs": 1.5,
    "emscad_fraud": 0.1,
    "emscad_real": 0.4,
    "sms_en": 0.3,
}


def _group(text: str) -> str:
    """Near-duplicates share their first words, digits aside."""
    return sha1(re.sub(r"[\W\d]+", " ", text.lower()).strip()[:80].encode(), usedforsecurity=False).hexdigest()[:12]


def passages(text: str, low: int = 25, high: int = 120) -> Iterator[str]:
    """Cut an article into passages of `low` to `high` words at sentence ends, as people quote them."""
    rng = random.Random(len(text))  # noqa: S311 (sampling, not secrets)
    want, held = rng.randint(low, high), []
    for sentence in re.split(r"(?<=[.!?\"”])\s+", text):
        held.append(sentence)
        if sum(len(s.split()) for s in held) >= want:
            yield " ".join(held)
            want, held = rng.randint(low, high), []
    if sum(len(s.split()) for s in held) >= low:
        yield " ".join(held)


def public(shared: Path = SHARED, seed: int = 0) -> list[Record]:
    """Records of the public data that are used for fitting; empty where the folder is missing."""
    if not shared.is_dir():
        return []
    rng = random.Random(seed)  # noqa: S311
    records: list[Record] = []

    def add(
        name: str,
        rows: Iterable[dict[str, Any]],
        label: int,
        kind: str | None,
        limit: int,
        *,
        language: str = "id",
        typologies: tuple[str, ...] | None = (),
        longest: int = 1500,
    ) -> None:
        picked = list(rows)
        rng.shuffle(picked)
        for row in picked[:limit]:
            text = str(row["text"])[:longest]
            if len(text.split()) >= 4:
                group = f"{name}-{row.get('group') or _group(text)}"
                records.append(
                    Record(
                        f"{name}-{row['id']}",
                        text,
                        label,
                        kind,
                        typologies,
                        language,
                        group,
                        "public",
                        name,
                        WEIGHTS[name],
                    )
                )

    def rows(path: str) -> list[dict[str, Any]]:
        return list(read_jsonl(shared / path))

    jobs = rows("indonesian/jobs.jsonl")
    add("jobs", (r for r in jobs if r["meta"]["lang"] != "en"), 0, "offer", 2000)
    add("jobs_en", (r for r in jobs if r["meta"]["lang"] == "en"), 0, "offer", 500, language="en")
    add("jobs_en", rows("malay/jobs_malaysia_en.jsonl"), 0, "offer", 107, language="en")
    news = [
        {"id": f"{r['id']}-{at}", "text": passage, "group": r["id"], "topic": r["label"]}
        for r in rows("indonesian/news.jsonl")
        for at, passage in enumerate(passages(r["text"]))
    ]
    # The passage of an article may be a quotation: whether it is news or testimony is left open.
    add("news", (r for r in news if r["topic"].startswith("tppo")), 0, None, 1200)
    add("news", (r for r in news if r["topic"] == "general_news"), 0, "news", 600)
    add("guides", rows("indonesian/overseas_work_guides.jsonl"), 0, "other", 40)
    sms = [r for r in rows("indonesian/sms_spam.jsonl") if not r["meta"].get("synthetic")]
    add("sms", (r for r in sms if not _JOB_WORDS.search(r["text"])), 0, "other", 700)
    add("hoax", (r for r in rows("indonesian/hoax.jsonl") if not _JOB_WORDS.search(r["text"])), 0, "other", 500)
    add("headlines", rows("indonesian/hoax_job_headlines.jsonl"), 0, "news", 350)
    add("informal", rows("indonesian/informal.jsonl"), 0, "other", 600)
    malay = rows("malay/text.jsonl")
    add("malay", (r for r in malay if r["label"] == "official_warning"), 0, "warning", 64, language="ms")
    add("malay", (r for r in malay if r["label"] != "official_warning"), 0, "other", 300, language="ms")
    fake = [
        r
        for r in rows("indonesian/fake_jobs.jsonl")
        if not r["meta"].get("text_kind") and not _NOT_THE_AD.match(r["text"])
    ]
    add("fake_jobs", fake, 1, "offer", 99, typologies=("domestic_scam",))
    emscad = rows("english/emscad.jsonl.gz")
    unique = {r["group"]: r for r in emscad if not r.get("dup")}.values()
    add("emscad_fraud", (r for r in unique if r["label"] == 1), 1, "offer", 250, language="en", typologies=None)
    add("emscad_real", (r for r in unique if r["label"] == 0), 0, "offer", 450, language="en")
    add("sms_en", rows("english/sms_spam_smishing.jsonl.gz"), 0, "other", 500, language="en")
    return records
