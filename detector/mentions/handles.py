"""Handles: accounts named by "@name", by "id line: name" or by a link to a messenger."""

import re
from collections.abc import Iterator, Sequence

from detector.mentions.lexicon import Domains
from detector.mentions.links import Link
from detector.mentions.mention import Claims, Mention
from detector.mentions.words import Words, matches_at, one_of

_AT_NAME = re.compile(r"@(?<![\w@.]@)([A-Za-z0-9_](?:[A-Za-z0-9_.]{1,31}))")
_TELEGRAM_NAME = re.compile(r"/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?$")
_WORD = re.compile(r"[^\W\d_]+")
_REACH = 26  # characters before the sign in which a service must be named


class HandleExtractor:
    """Compiled once from the word lists; methods are pure functions of the text."""

    def __init__(self, lists: Domains) -> None:
        self._lists = lists
        self._service = {word: service for service, words in lists.handle_services.items() for word in words}
        self._contact = lists.handle_contact_words
        self._not_names = lists.handle_not_names
        name = r"([a-z0-9_][a-z0-9_.]{2,31})(?![\w@])"
        # "LINE: abang88", "id line : xyz", "line id xyz", "tele rekrut_01"; over the folded text (see `Words`)
        self._named = re.compile(
            rf"(?<![^\W_])(?:(id[ .]{{0,2}})?({one_of(self._service)})([ .]{{0,2}}id)?(?![^\W_])"
            rf"([ ]{{0,2}}[:=][ ]{{0,2}}|[ ]{{1,2}})){name}"
        )
        self.firsts = frozenset(a + word + b for word in self._service for a in ("", "id") for b in ("", "id"))
        self._first_runs = self.firsts | {"id"}

    def from_link(self, link: Link) -> Mention | None:
        """A link that names one account (t.me/name) as a handle, else None."""
        if link.host not in self._lists.telegram_link_hosts:
            return None
        match = _TELEGRAM_NAME.match(link.path.partition("?")[0])
        if match is None or match.group(1).lower() in self._lists.telegram_pages:
            return None
        detail = {"service": "telegram", "via": "link"}
        return Mention("handle", f"telegram:{match.group(1).lower()}", link.start, link.end, detail)

    def extract(self, words: Words, listed: Sequence[int], claims: Claims) -> Iterator[Mention]:
        """Handles; `value` "service:name" in lower case, `detail`: service, via (name, link).

        The service is `unknown` where only a contact word stands near ("lamar: @nama"). `listed` are the places of all
        words that are in `firsts`, as in `PhraseIndex.find`.
        """
        text = words.text
        if "@" in text:
            yield from self._at_names(text, claims)
        for match in self._matches(words, listed):
            name = text[match.start(5) : match.end(5)].rstrip(".")
            start, end = match.start(5), match.start(5) + len(name)
            if not claims.free(start, end) or name.lower() in self._not_names or len(name) < 3:
                continue
            says_id = bool(match.group(1) or match.group(3))
            looks_chosen = any(c.isdigit() or c == "_" for c in name) and not name.isdecimal() and name[0].isalpha()
            line_colon = ":" in match.group(4) and match.group(2) == "line" and name.islower()
            if not (says_id or looks_chosen or (line_colon and "." not in name)):
                continue
            claims.take(start, end)
            yield self._made(self._service[match.group(2)], name, start, end)

    def _matches(self, words: Words, listed: Sequence[int]) -> Iterator["re.Match[str]"]:
        """Every match of `_named`; it begins with the name of a service or with "id" before that."""
        if not words.whole and not self._first_runs.isdisjoint(words.odd_runs()):
            yield from self._named.finditer(words.folded)
            return
        places: list[int] = []
        for at in listed:
            if words.lower[at] in self.firsts:
                places += [words.starts[at - 1]] if at and words.lower[at - 1] == "id" else []
                places.append(words.starts[at])
        yield from matches_at(self._named, words.folded, places)

    def _at_names(self, text: str, claims: Claims) -> Iterator[Mention]:
        for match in _AT_NAME.finditer(text):
            name = match.group(1).rstrip(".")
            start, end = match.start(), match.start() + 1 + len(name)
            if len(name) < 3 or not claims.free(start, end):
                continue
            before = text[max(0, start - _REACH) : start].rpartition("\n")[2]
            words = [word.lower() for word in _WORD.findall(before)]
            service = next((self._service[word] for word in reversed(words) if word in self._service), None)
            if service is None and not (words and words[-1] in self._contact):
                continue
            claims.take(start, end)
            yield self._made(service or "unknown", name, start, end)

    def _made(self, service: str, name: str, start: int, end: int) -> Mention:
        return Mention("handle", f"{service}:{name.lower()}", start, end, {"service": service, "via": "name"})
