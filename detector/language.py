"""Which of the known languages a text is in, by its function words."""

from collections.abc import Mapping

from detector.tokens import Tokens

_MINIMUM_WORDS = 5
_MINIMUM_SHARE = 0.08  # of the words must be function words of a known language
_MIX_SHARE = 0.4  # English beside Indonesian or Malay at this ratio of hits makes a mixed text


def identify(tokens: Tokens, function_words: Mapping[str, frozenset[str]]) -> str:
    """`id`, `ms`, `en`, `mix` (English with Indonesian or Malay) or `unknown`.

    A short text without any function word counts as Indonesian when it is written in Latin letters: captions and
    posters leave them out.
    """
    plain = [word for word, label in zip(tokens.words, tokens.labels, strict=True) if not label]
    hits = {code: sum(map(known.__contains__, plain)) for code, known in function_words.items()}
    local = max(("id", "ms"), key=lambda code: hits.get(code, 0))
    english = hits.get("en", 0)
    best = max(hits.get(local, 0), english)
    if best <= _MINIMUM_SHARE * len(plain):  # few, or there are many numbers and signs, which do not count
        words = [word for word in plain if word[0].isalpha()]
        if not words:
            return "id" if len(tokens) else "unknown"
        if best < _MINIMUM_SHARE * len(words):
            latin = sum(word.isascii() for word in words) > 0.7 * len(words)
            return "id" if latin and len(words) < 3 * _MINIMUM_WORDS else "unknown"
    if min(hits.get(local, 0), english) >= max(3, _MIX_SHARE * best):
        return "mix"
    return local if hits.get(local, 0) >= english else "en"
