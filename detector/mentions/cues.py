"""What the words around a sum say that it is: a wage, a fee, or nothing."""

from bisect import bisect_left

from detector.mentions.lexicon import PayWords
from detector.mentions.words import Words

_WORDS_BEFORE, _WORDS_AFTER = 7, 4


class Cues:
    """Compiled once from the word lists; methods are pure functions of the text."""

    def __init__(self, lists: PayWords) -> None:
        self._lists = lists
        pairs = [pair.split(" ", 1) for pair in (*lists.wage_pairs, *lists.fee_pairs)]
        # A word in none of these says nothing, alone or as the first or second of a pair.
        self._firsts = lists.wage_words | lists.fee_words | {first for first, _ in pairs}
        self._seconds = lists.wage_words | lists.fee_words | {second for _, second in pairs}

    def role(self, words: Words, start: int, end: int) -> tuple[str | None, bool]:
        """(wage or fee or None, whether the deciding word stands right before the sum in [start, end))."""
        lower = words.lower
        for step, (at, word) in enumerate(words.before(start, _WORDS_BEFORE)):
            role = self._before(words, at) if word in self._seconds else None
            if role:
                return role, step == 0
        for at, word in words.after(end, _WORDS_AFTER):
            if word in self._firsts:
                role = self._cue(f"{word} {lower[at + 1]}" if at + 1 < len(lower) else "", word)
                if role:
                    return role, False
            if word in self._lists.count_units:
                break
        return None, False

    def wage_right_before(self, words: Words, start: int) -> bool:
        """Whether the word right before `start` calls a sum there a wage: `role` gives ("wage", True)."""
        at = bisect_left(words.starts, start) - 1
        if at >= 0 and words.ends[at] > start:  # the number begins inside this word
            at -= 1
        if at < 0 or words.lower[at] not in self._seconds:
            return False
        return any(self._before(words, at) == "wage" for at, _ in words.before(start, 1))

    def _before(self, words: Words, at: int) -> str | None:
        """What the word at `at`, or it and the one before it, say that a sum is."""
        word = words.lower[at]
        return self._cue(f"{words.lower[at - 1]} {word}" if at else "", word)

    def _cue(self, pair: str, word: str) -> str | None:
        lists = self._lists
        if pair in lists.wage_pairs:
            return "wage"
        if pair in lists.fee_pairs:
            return "fee"
        return "wage" if word in lists.wage_words else "fee" if word in lists.fee_words else None
