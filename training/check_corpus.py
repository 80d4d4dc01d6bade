"""Check the corpus: `python -m training.check_corpus`, part of `make lint`. Exit 1 when something must be mended."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from detector.assessment import KINDS, TYPOLOGIES
from detector.knowledge.loader import load as load_knowledge
from training import shortcuts
from training.labelled import DEVELOPMENT
from training.records import CORPUS, Record, corpus, read_jsonl

SHINGLE = 5
HIGHEST_LIKENESS = 0.25  # Jaccard of 5-word shingles between two texts of the corpus
HIGHEST_LEAK = 0.10  # of a text's shingles found in one text of an evaluation file
LANGUAGES = ("id", "en", "ms", "mix")


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of five words of a text, lower-case, punctuation and digits left out."""
    words = "".join(c if c.isalpha() else " " for c in text.lower()).split()
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))


def near_duplicates(texts: Sequence[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """Pairs (id, id, likeness) over the limit. Pairs that share no shingle are never compared."""
    sets = {name: shingles(text) for name, text in texts}
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, found in sets.items():
        for shingle in found:
            holders[shingle].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        shared.update(combinations(sorted(names), 2))
    pairs = []
    for (a, b), n in shared.items():
        likeness = n / (len(sets[a]) + len(sets[b]) - n)
        if likeness > HIGHEST_LIKENESS:
            pairs.append((a, b, likeness))
    return sorted(pairs)


def leaks(records: Sequence[Record], held_out: Iterable[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """Texts of the corpus that share runs of words with a text that only measures."""
    owner: dict[tuple[str, ...], str] = {}
    for name, text in held_out:
        for shingle in shingles(text):
            owner.setdefault(shingle, name)
    found = []
    for record in records:
        own = shingles(record.text)
        hits = Counter(owner[s] for s in own if s in owner)
        for name, n in hits.items():
            if n / len(own) > HIGHEST_LEAK:
                found.append((record.id, name, n / len(own)))
    return found


def broken_records(records: Sequence[Record], indicator_ids: frozenset[str]) -> list[str]:
    """Ids used twice, labels that contradict each other, spans that point nowhere."""
    problems = []
    for name, n in Counter(record.id for record in records).items():
        if n > 1:
            problems.append(f"{name}: the id is used {n} times")
    for record in records:
        if record.label not in (0, 1) or record.kind not in KINDS or record.language not in LANGUAGES:
            problems.append(f"{record.id}: label {record.label}, kind {record.kind}, language {record.language}")
        if record.label and (record.kind != "offer" or not record.typologies):
            problems.append(f"{record.id}: recruits, but is no offer or names no typology")
        if not record.label and record.typologies:
            problems.append(f"{record.id}: does not recruit, but names a typology")
        for typology in record.typologies or ():
            if typology not in TYPOLOGIES:
                problems.append(f"{record.id}: unknown typology {typology}")
        for start, end, indicator in record.spans:
            if not 0 <= start < end <= len(record.text) or not record.text[start:end].strip():
                problems.append(f"{record.id}: span {start}-{end} points nowhere")
            if indicator not in indicator_ids:
                problems.append(f"{record.id}: unknown indicator {indicator}")
    return problems


def cells(records: Sequence[Record]) -> list[str]:
    """How many texts each label, kind, language and typology has."""
    lines = []
    for title, counts in (
        ("label", Counter(str(r.label) for r in records)),
        ("kind", Counter(f"{r.kind}, {'recruiting' if r.label else 'not'}" for r in records)),
        ("language", Counter(r.language for r in records)),
        ("typology", Counter(t for r in records for t in r.typologies or ())),
    ):
        lines.append(f"{title}: " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items())))
    return lines


def main() -> int:
    """Print the report; 1 where something must be mended."""
    records = corpus()
    problems = broken_records(records, frozenset(load_knowledge().by_id))
    for path in sorted(CORPUS.glob("*.jsonl")):
        if "origin" not in next(read_jsonl(path)):
            problems.append(f"{path.name}: the first line must tell the origin")
    problems += [
        f"{a} and {b} share {n:.0%} of their runs of five words"
        for a, b, n in near_duplicates([(r.id, r.text) for r in records])
    ]
    for path in DEVELOPMENT.values():
        if path.is_file():
            held_out = [(row["id"], row["text"]) for row in read_jsonl(path)]
            problems += [f"{a} repeats {n:.0%} of {b} in {path.name}" for a, b, n in leaks(records, held_out)]
    print(f"corpus: {len(records)} texts, {sum(bool(r.spans) for r in records)} with evidence spans")
    print("\n".join(cells(records)))
    for title, part in (("all texts", records), ("offers", [r for r in records if r.kind == "offer"])):
        told = ", ".join(f"{name} {area:.2f}" for name, area in shortcuts.surface(part)[:6])
        print(f"surface alone, ROC-AUC over {title}: {told}")
    print("words that separate most (recruiting / lawful offers / about them):")
    print("  " + ", ".join(f"{w} {shortcuts.within(records, w)}" for w, _, _ in shortcuts.words(records)))
    for problem in problems:
        print(f"problem: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
