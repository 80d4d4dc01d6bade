"""Company names: a legal form and the words of the name beside it."""

from collections.abc import Iterator, Sequence

from detector.mentions.lexicon import CompanyWords
from detector.mentions.mention import Mention
from detector.mentions.words import PhraseIndex, Words

_MAX_WORDS, _MAX_WORDS_LOWER, _MAX_WORDS_BEFORE = 6, 4, 5
_INSIDE = frozenset({" ", ". ", ".", "-", " & ", "&", "'", " - "})


class CompanyExtractor:
    """Compiled once from the word lists; `extract` is a pure function of the text."""

    def __init__(self, lists: CompanyWords) -> None:
        self._lists = lists
        self._suffixes = PhraseIndex([(suffix, True) for suffix in lists.suffixes])
        self.firsts = lists.prefixes | self._suffixes.firsts

    def extract(self, words: Words, listed: Sequence[int]) -> Iterator[Mention]:
        """Companies; `value` upper case with single spaces. "tanpa PT" and "kirim CV" name none.

        `listed` are the places of all words that are in `firsts`, as in `PhraseIndex.find`.
        """
        covered: set[int] = set()
        for at in listed:
            if words.lower[at] in self._lists.prefixes and at not in covered:
                end = self._name_end(words, at)
                if end is not None:
                    covered.update(range(at, end))
                    yield self._made(words, at, end)
        for _, first, end in self._suffixes.find(words, listed):
            begin = self._name_start(words, first, covered)
            if begin < first and first not in covered:
                yield self._made(words, begin, end)

    def _name_end(self, words: Words, at: int) -> int | None:
        """End word of the name behind the prefix at `at`, None where no name follows."""
        lists, text = self._lists, words.text
        written = text[words.starts[at] : words.ends[at]]
        doubtful = words.lower[at] in lists.doubtful_prefixes
        if doubtful and (not written.isupper() or (at and words.lower[at - 1] in lists.not_after)):
            return None
        lowered = written.islower()
        limit = _MAX_WORDS_LOWER if lowered else _MAX_WORDS
        end = at + 1
        while end < len(words) and end - at <= limit and self._continues(words, end, lowered):
            end += 1
        dotted = end > at + 1 and text[words.ends[at] : words.starts[at + 1]] == ". "
        if end - at - 1 < (2 if doubtful or dotted else 1):  # "... lewat PT. Sebulan sekali ..." ends a sentence
            return None
        while end < len(words) and words.lower[end] in lists.tails and words.starts[end] - words.ends[end - 1] <= 2:
            end += 1
        return end

    def _continues(self, words: Words, at: int, lowered: bool) -> bool:
        """Whether the word at `at` still belongs to the name."""
        text = words.text
        gap = text[words.ends[at - 1] : words.starts[at]]
        word = words.lower[at]
        if gap not in _INSIDE or word in self._lists.stop_words or not word[0].isalpha():
            return False
        if gap in (". ", ".") and len(words.lower[at - 1]) > 2:  # "PT. Contoh" goes on, "Jaya. Kami" does not
            return False
        if lowered:
            return len(word) > 1
        return text[words.starts[at]].isupper()

    def _name_start(self, words: Words, at: int, covered: set[int]) -> int:
        """First word of the name before the suffix that starts at `at`."""
        begin = at
        while begin > 0 and at - begin < _MAX_WORDS_BEFORE and begin - 1 not in covered:
            gap = words.text[words.ends[begin - 1] : words.starts[begin]]
            if gap not in (" ", " & ", "-", ", ") or (gap == ", " and begin != at):
                break
            if not words.text[words.starts[begin - 1]].isupper() or words.lower[begin - 1] in self._lists.stop_words:
                break
            begin -= 1
        return begin

    def _made(self, words: Words, first: int, end: int) -> Mention:
        start, stop = words.starts[first], words.ends[end - 1]
        if words.text[stop : stop + 1] == ")" and words.text.rfind("(", start, stop) >= 0:
            stop += 1
        value = " ".join(words.text[words.starts[i] : words.ends[i]].upper() for i in range(first, end))
        return Mention("company", value, start, stop)
