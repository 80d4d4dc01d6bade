"""Phones, links, handles, e-mail, pay, destinations, visas, licences, companies, age and looks demands.

Everything here is a fact about the text, never a judgement: a Gmail address, a short link or a phone is no crime.
The extractors live in `detector.mentions`, one room per kind; their word lists are in `detector/knowledge`.
"""

from functools import lru_cache

from detector.knowledge.schema import Knowledge
from detector.mentions.companies import CompanyExtractor
from detector.mentions.demands import DemandExtractor
from detector.mentions.handles import HandleExtractor
from detector.mentions.lexicon import Lexicon, load_lexicon
from detector.mentions.links import DomainClasses, LinkExtractor
from detector.mentions.mention import Claims, Mention
from detector.mentions.papers import PaperExtractor
from detector.mentions.pay import PayExtractor
from detector.mentions.phones import PhoneExtractor
from detector.mentions.places import PlaceExtractor
from detector.mentions.words import FirstWords, Words

__all__ = ["EntityExtractor", "Mention", "extract"]


class EntityExtractor:
    """Every extractor, compiled once from the knowledge; `extract` is a pure function of the text."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon | None = None) -> None:
        lists = lexicon or load_lexicon()
        self._links = LinkExtractor(lists.domains, DomainClasses(lists.domains))
        self._handles = HandleExtractor(lists.domains)
        self._phones = PhoneExtractor(lists.domains)
        self._pay = PayExtractor(knowledge, lists.pay)
        self._places = PlaceExtractor(knowledge.destinations, lists.places)
        self._papers = PaperExtractor(lists.papers)
        self._companies = CompanyExtractor(lists.papers.companies)
        self._demands = DemandExtractor(lists.papers.ages, lists.papers.looks)
        self._firsts = FirstWords(
            {
                "handles": self._handles.firsts,
                "pay": self._pay.firsts,
                "places": self._places.firsts,
                "companies": self._companies.firsts,
                "papers": self._papers.firsts,
                "demands": self._demands.firsts,
            }
        )

    def extract(self, normal: str, words: Words | None = None) -> tuple[Mention, ...]:
        """All mentions in `normal`, sorted by (start, end, type); those of merged types never overlap each other.

        Where two readings compete, the surer one wins: link with a scheme, e-mail, bare link, handle, phone, pay,
        destination. `words` are those of `normal`, where the caller has them.
        """
        if words is None:
            words = Words(normal)
        listed = self._firsts.find(words)
        claims = Claims(len(normal))
        links = list(self._links.full_links(normal, claims))
        found = list(self._links.emails(words, claims))
        links += self._links.bare_links(normal, claims)
        for link in links:
            found.append(self._phones.from_link(link) or self._handles.from_link(link) or self._links.mention(link))
        found += self._handles.extract(words, listed["handles"], claims)
        found += self._phones.extract(normal, claims)
        found += self._pay.extract(words, listed["pay"], claims)
        companies = list(self._companies.extract(words, listed["companies"]))
        names = Claims(len(normal))
        for company in companies:
            names.take(company.start, company.end)
        found += self._places.extract(words, listed["places"], claims, names)
        found += companies
        found += self._papers.visas(words, listed["papers"])
        found += self._papers.licences(words, listed["papers"])
        found += self._demands.ages(words)
        found += self._demands.looks(words, listed["demands"])
        return tuple(sorted(found, key=lambda m: (m.start, m.end, m.type)))


class _ByIdentity:
    """A cache key for a knowledge object, which is compared by identity: it holds unhashable parts."""

    __slots__ = ("knowledge",)

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return id(self.knowledge)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.knowledge is self.knowledge


@lru_cache(maxsize=2)
def _extractor(key: _ByIdentity) -> EntityExtractor:
    return EntityExtractor(key.knowledge)


def extract(normal: str, knowledge: Knowledge) -> tuple[Mention, ...]:
    """All mentions in `normal`; the `EntityExtractor` behind it is built once per knowledge object."""
    return _extractor(_ByIdentity(knowledge)).extract(normal)
