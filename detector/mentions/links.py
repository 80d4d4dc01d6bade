"""Links, short links and e-mail addresses, each with the class of its domain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detector.mentions.lexicon import Domains
from detector.mentions.mention import Claims, Mention
from detector.mentions.words import Words, matches_at

_SCHEME = re.compile(r"https?:/{1,2}[ ]?([^\s<>\"'`|\\]{3,2000})", re.IGNORECASE)
# Labels are possessive and a run is tried once, from its start: linear in the length of the text.
_BARE = re.compile(
    r"(?<![\w@.\-/%])(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}+\.){1,12}[A-Za-z][A-Za-z0-9]{1,23}+(?![@-])"
    r"(?::\d{2,5})?(?:[/?#][^\s<>\"'`|\\]{0,2000})?"
)
_EMAIL = re.compile(
    r"(?<![\w.%+-])([\w.%+-]{1,64}+)([ ]?@[ ]?|[ ]?[\[(]at[\])][ ]?)"
    r"((?:[A-Za-z0-9][A-Za-z0-9-]{0,62}+\.){1,8}[A-Za-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[@(\[](?:(?<=@)|at[)\]])", re.IGNORECASE)  # of an e-mail address
_SPELT_SIGNS = ("(at", "[at")
_MAX_LOCAL = 64
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]")  # of a host
_LOCAL_SIGNS = frozenset("_.%+-")
_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
_TRAILING = ".,;:!?)]}*_~'\"»”’…>"


@dataclass(frozen=True, slots=True)
class Link:
    """A link before it is decided what it stands for: `host` in lower case, `path` with slash, query and fragment."""

    start: int
    end: int
    host: str
    path: str


class DomainClasses:
    """What a host is: official, education, company, messenger, form, social, shortener, other, or free mail."""

    def __init__(self, lists: Domains) -> None:
        self._lists = lists
        self._forms = {entry.partition("/")[0]: "/" + entry.partition("/")[2] for entry in lists.forms}
        self._suffix: dict[str, str] = {}
        for group, name in (
            (lists.free_hosts, "other"),
            (lists.social, "social"),
            (lists.messengers, "messenger"),
            (lists.shorteners, "shortener"),
            (lists.education_suffixes, "education"),
            (lists.official_suffixes, "official"),
        ):
            self._suffix.update(dict.fromkeys(sorted(group), name))

    def of_host(self, host: str, path: str = "") -> str:
        """Class of a host; `path` tells forms from other pages of the same host."""
        form = self._forms.get(host)
        if form is not None and (form == "/" or path.startswith(form)):
            return "form"
        labels = host.split(".")
        for at in range(len(labels)):
            suffix = ".".join(labels[at:])
            name = self._suffix.get(suffix)
            if name is not None:
                return name
            if at and self._forms.get(suffix) == "/":
                return "form"
        if len(labels) > 2 and len(labels[-1]) == 2:
            if labels[-2] in self._lists.official_second_levels:
                return "official"
            if labels[-2] in self._lists.education_second_levels:
                return "education"
        return "company" if not host.replace(".", "").isdecimal() else "other"

    def of_mail(self, domain: str) -> str:
        """Class of a mail domain: free, company, official or education."""
        if domain in self._lists.free_mail:
            return "free"
        name = self.of_host(domain)
        return name if name in ("official", "education") else "company"


def _local_start(text: str, sign: int) -> int:
    """Where the name before the sign of an e-mail address begins, or somewhere inside it where it is too long."""
    start = sign - 1 if sign and text[sign - 1] == " " else sign
    end = start
    while start > 0 and end - start <= _MAX_LOCAL and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_SIGNS):
        start -= 1
    return start


def _host_starts(text: str) -> list[int]:
    """Where the runs of the characters of a host begin in which a dot stands before letters."""
    starts: list[int] = []
    done = 0
    for ending in _ENDING.finditer(text):
        start = ending.start()
        while start > done and text[start - 1] in _HOST_CHARACTERS:
            start -= 1
        if start > done or not starts:
            starts.append(start)
        done = ending.end()
    return starts


class LinkExtractor:
    """Links, short links and e-mail addresses."""

    def __init__(self, lists: Domains, classes: DomainClasses) -> None:
        self._lists = lists
        self._classes = classes

    def emails(self, words: Words, claims: Claims) -> Iterator[Mention]:
        """E-mail addresses; `value` in lower case, `detail`: domain, domain_class (free, company, official, education).

        Spaces around the sign are read only before a free mail provider ("nama @gmail.com").
        """
        text = words.text
        if "@" not in text and ("at" not in text or not any(sign in words.folded for sign in _SPELT_SIGNS)):
            return
        for match in matches_at(_EMAIL, text, [_local_start(text, sign.start()) for sign in _SIGN.finditer(text)]):
            local, sign, domain = match.group(1).lower(), match.group(2), match.group(3).lower()
            name = self._classes.of_mail(domain)
            if " " in sign and "@" in sign and name != "free":
                continue
            if not claims.free(*match.span()):
                continue
            claims.take(*match.span())
            value = f"{local.strip('.')}@{domain}"
            yield Mention("email", value, *match.span(), {"domain": domain, "domain_class": name})

    def full_links(self, text: str, claims: Claims) -> Iterator[Link]:
        """Links with http:// or https://."""
        if ":/" not in text:
            return
        for match in _SCHEME.finditer(text):
            link = self._link(match.start(), match.start(1), match.group(1))
            if link is not None and claims.free(link.start, link.end):
                claims.take(link.start, link.end)
                yield link

    def bare_links(self, text: str, claims: Claims) -> Iterator[Link]:
        """Links without a scheme: "name.ending" counts where the ending is a known one and the name no abbreviation."""
        for match in matches_at(_BARE, text, _host_starts(text)):
            if not claims.free(*match.span()):
                continue
            link = self._bare(match.start(), match.group())
            if link is not None:
                claims.take(link.start, link.end)
                yield link

    def mention(self, link: Link) -> Mention:
        """A link as a mention; `value` is host and path without scheme, `detail`: host, domain_class."""
        name = self._classes.of_host(link.host, link.path)
        kind = "shortlink" if name == "shortener" else "link"
        detail = {"host": link.host, "domain_class": "other" if name == "shortener" else name}
        return Mention(kind, (link.host + link.path).rstrip("/"), link.start, link.end, detail)

    def _link(self, start: int, at: int, rest: str) -> Link | None:
        rest = rest.rstrip(_TRAILING)
        cut = re.search(r"[/?#]", rest)
        netloc, path = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
        host = netloc.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.").strip(".")
        if "." not in host or not host.replace(".", "").replace("-", "").isalnum():
            return None
        return Link(start, at + len(rest), host, path)

    def _bare(self, start: int, raw: str) -> Link | None:
        link = self._link(start, start, raw)
        if link is None:
            return None
        labels = raw[: len(raw) - len(link.path) or None].rstrip(_TRAILING).partition(":")[0].split(".")
        lists = self._lists
        while len(labels) > 2 and not link.path and self._ending(labels) is None:
            labels.pop()  # "contoh.co.id.Hubungi": a sentence that goes on without a space
        ending = self._ending(labels)
        first = labels[0].lower()
        if ending is None:
            return None
        www, known = first == "www", self._known(labels)
        if len(labels) == 2 and not known and (first in lists.abbreviations or first.isdecimal()):
            return None
        if ending == "weak" and not link.path and not www and not known:
            return None
        if not link.path and labels[-1][:1].isupper() and labels[-1][1:].islower() and labels[-1].lower() != "com":
            return None  # "Terima kasih.My name is"
        if len(labels) - www < 2:
            return None
        host = ".".join(labels).lower().removeprefix("www.")
        return Link(start, link.end if link.path else start + len(".".join(labels)), host, link.path)

    def _ending(self, labels: list[str]) -> str | None:
        last = labels[-1].lower()
        if last in self._lists.tlds:
            return "strong"
        return "weak" if last in self._lists.tlds_with_path else None

    def _known(self, labels: list[str]) -> bool:
        """Whether a host with a doubtful ending is listed, or sits under a second level (".co.uk")."""
        host = ".".join(labels).lower()
        return self._classes.of_host(host) not in ("company", "other") or (len(labels) > 2 and len(labels[-1]) == 2)
