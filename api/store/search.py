"""What a person types into the search box, as a query that both databases understand and that can't break.

Words are joined by "and"; "words in quotes" stand beside each other; -word leaves out; word* stands for every word that
begins so. Nothing else has a meaning, so nothing is an error. What is kept and what is asked go through the same
`words_of`, and the caller folds a query as the detector reads a text: a disguised spelling finds the plain one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, column, func, not_, select, table, text

from api.store.plans import read_in_order
from api.store.tables import ADS

LONGEST_QUERY = 300  # characters; the rest is not read
_MOST_TERMS = 16
_LONGEST_WORD = 100  # characters; PostgreSQL refuses 2,048 bytes
_SHORTEST_PREFIX = 2  # "a*" would stand for a tenth of all words
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r'(?P<minus>(?<!\S)-+)?(?:"(?P<phrase>[^"]*)"?(?P<star>\*)?|(?P<plain>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_SEARCH = table("ads_search", column("rowid"))  # SQLite's; PostgreSQL has a column `search` in `ads`


def words_of(normal: str) -> str:
    """The words of a normalised text for the search: lower case, without diacritics, a single space between them."""
    plain = unicodedata.normalize("NFKD", normal.casefold())
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(word[:_LONGEST_WORD] for word in _WORD.findall(plain))


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand beside each other; the last one may be the beginning of a word."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_excluded: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What an ad must show and what it must not. Without any term it finds nothing."""

    terms: tuple[Term, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms that an ad must show."""
        return tuple(term for term in self.terms if not term.is_excluded)

    @property
    def excluded(self) -> tuple[Term, ...]:
        """The terms that an ad must not show."""
        return tuple(term for term in self.terms if term.is_excluded)


def parse(typed: str, fold: Callable[[str], str] = str) -> Query:
    """Read what was typed. `fold` brings a text to its normal form, as the kept texts were brought to theirs."""
    terms: list[Term] = []
    run: list[str] = []  # plain words in a row are folded together: letters may be spaced out over them

    def end_run() -> None:
        if run:
            terms.extend(Term(words) for words in map(_words, fold(" ".join(run)).split()) if words)
            run.clear()

    for piece in _PIECE.finditer(typed[:LONGEST_QUERY].translate(_QUOTES)):
        phrase, plain, excluded = piece["phrase"], piece["plain"] or "", piece["minus"] is not None
        star = piece["star"] is not None or (phrase is None and plain.endswith("*"))
        if phrase is None and not star and not excluded:
            run.append(plain)
            continue
        end_run()
        words = _words(fold(plain.rstrip("*") if phrase is None else phrase))
        if words:
            terms.append(Term(words, star and len(words[-1]) >= _SHORTEST_PREFIX, excluded))
    end_run()
    return Query(tuple(dict.fromkeys(terms))[:_MOST_TERMS])


def matches(dialect: str, query: Query, *, is_rare: bool = False) -> ColumnElement[bool]:
    """Whether a row of `ads` is found; `is_rare` lets SQLite begin at the index of words, as PostgreSQL would."""
    if dialect == "postgresql":
        return _postgresql(query)
    found = (ADS.c.id if is_rare else read_in_order(dialect, ADS.c.id)).in_(_rowids(query))
    return found if query.wanted or not query.excluded else not_(found)


def is_rare(connection: Connection, query: Query, few: int) -> bool:
    """Whether at most so many ads show the wanted words; for SQLite, which doesn't know."""
    if not query.wanted:
        return not query.excluded
    some = _rowids(query).limit(few + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= few


def _words(folded: str) -> tuple[str, ...]:
    return tuple(words_of(folded).split())


def _rowids(query: Query) -> Select[Any]:
    return select(_SEARCH.c.rowid).where(text("ads_search MATCH :fts5").bindparams(fts5=_fts5(query)))


def _fts5(query: Query) -> str:
    """FTS5's words for a query; for what is excluded, where nothing is wanted.

    Without any term it is a phrase of no words, which is nowhere; an empty expression would be an error.
    """
    wanted = " AND ".join(map(_phrase, query.wanted))
    excluded = " OR ".join(map(_phrase, query.excluded))
    return f"({wanted}) NOT ({excluded})" if wanted and excluded else wanted or excluded or '""'


def _phrase(term: Term) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def _postgresql(query: Query) -> ColumnElement[bool]:
    parts = [*map(_tsquery, query.wanted), *(f"!({_tsquery(term)})" for term in query.excluded)]
    condition: ColumnElement[bool] = column("search").op("@@", is_comparison=True)(
        func.to_tsquery(text("'simple'"), " & ".join(parts))
    )
    return condition


def _tsquery(term: Term) -> str:
    """The words are letters and digits alone, so that quotes hold them."""
    return " <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.is_prefix else "")


def shown_words(query: Query) -> Iterable[str]:
    """The wanted words, for marking them in an excerpt."""
    return dict.fromkeys(word for term in query.wanted for word in term.words)
