"""Facts that follow from the mentions of a text: what conditions of the knowledge files name as `fact:NAME`.

A fact is neutral: foreign pay, a short link or a free mail address is no crime. Which facts together say something is
decided by the indicators, in the knowledge files.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from detector.knowledge.schema import Destination, Knowledge
from detector.mentions.lexicon import PayThresholds, load_lexicon
from detector.mentions.mention import Mention
from detector.mentions.pay import MONTH_FACTORS, UNKNOWN_CURRENCY
from detector.patterns import PLACE_CLASSES
from detector.tokens import Tokens

Span = tuple[int, int]
Facts = dict[str, tuple[Span, ...]]

_HOME = "ID"
_LINK_FACTS = {
    "official": "link_official",
    "education": "link_official",
    "messenger": "link_messenger",
    "form": "link_form",
    "company": "link_unofficial",
    "social": "link_unofficial",
    "other": "link_unofficial",
}
_EMAIL_FACTS = {
    "free": "email_free",
    "company": "email_company",
    "official": "email_official",
    "education": "email_official",
}
_VISA_FACTS = {
    "visit": "visa_visit",
    "tourist": "visa_visit",
    "transit": "visa_visit",
    "none": "visa_visit",
    "pilgrim": "visa_pilgrim",
    "work": "visa_work",
}
_PLAIN_FACTS = {
    "phone": "phone",
    "shortlink": "shortlink",
    "handle": "handle",
    "licence": "licence_named",
    "company": "company_named",
    "age": "age_named",
    "looks": "looks_demanded",
}


def facts(mentions: Sequence[Mention], tokens: Tokens, knowledge: Knowledge) -> Facts:
    """Name of each fact that holds -> token spans `[start, end)` that show it, in reading order.

    The names are those of `facts` in `language.yaml`.
    """
    found: dict[str, list[Span]] = {}
    thresholds = load_lexicon().pay.thresholds
    places: dict[str, list[str]] = {}
    for mention in mentions:
        if mention.type == "destination":
            names = places.get(mention.value)
            if names is None:
                names = places[mention.value] = _place_names(knowledge.country.get(mention.value), mention.value)
        else:
            names = _names(mention, thresholds)
        if names:
            span = _span(mention, tokens)
            for name in names:
                found.setdefault(name, []).append(span)
    for name, shown_by in _pay_facts(_wages(mentions), mentions, knowledge, thresholds):
        found.setdefault(name, []).extend([_span(mention, tokens) for mention in shown_by])
    if _is_unlisted(mentions, knowledge):
        shown_by = [m for m in mentions if m.type in ("company", "licence")]
        found.setdefault("licence_unlisted", []).extend([_span(mention, tokens) for mention in shown_by])
    return {
        name: (spans[0],) if len(spans) == 1 else tuple(dict.fromkeys(sorted(spans))) for name, spans in found.items()
    }


def _span(mention: Mention, tokens: Tokens) -> Span:
    """Tokens that a mention touches."""
    first = bisect_right(tokens.ends, mention.start)
    return first, max(first, bisect_left(tokens.starts, mention.end))


def _names(mention: Mention, thresholds: PayThresholds) -> list[str]:
    """Facts that a mention shows by itself."""
    names = [_PLAIN_FACTS[mention.type]] if mention.type in _PLAIN_FACTS else []
    detail = mention.detail
    if mention.type == "link":
        names += ["link", _LINK_FACTS[detail["domain_class"]]]
    elif mention.type == "email":
        names.append(_EMAIL_FACTS[detail["domain_class"]])
    elif mention.type == "visa" and mention.value in _VISA_FACTS:
        names.append(_VISA_FACTS[mention.value])
    elif mention.type == "phone" and detail["country"] not in (_HOME, None):
        names.append("phone_foreign")
    elif mention.type == "pay" and detail["role"] != "fee":
        names.append("pay_named")
        if detail["role"] == "wage" and _is_foreign_currency(detail["currency"]):
            names.append("pay_foreign_currency")
        if not detail["vague"] and detail["max"] >= thresholds.wide_range_factor * detail["min"]:
            names.append("pay_wide_range")
    if mention.type in ("phone", "handle") and detail.get("via") == "link":
        names += ["link", "link_messenger"]
    return names


def _place_names(place: Destination | None, iso2: str) -> list[str]:
    names = ["destination_home" if iso2 == _HOME else "destination_abroad"]
    if place is not None:
        dated = {flag.flag for flag in place.flags}
        names += [f"destination_{c}" for c, flags in PLACE_CLASSES.items() if not dated.isdisjoint(flags)]
    return names


def _is_foreign_currency(code: str) -> bool:
    return code not in ("IDR", UNKNOWN_CURRENCY)


def _wages(mentions: Sequence[Mention]) -> list[Mention]:
    """Sums that are wages; where none is called so, sums that read like a month's pay."""
    pay = [m for m in mentions if m.type == "pay" and m.detail["idr_month_max"] is not None]
    return [m for m in pay if m.detail["role"] == "wage"] or [m for m in pay if m.detail["role"] == "amount"]


def _pay_facts(
    wages: Sequence[Mention], mentions: Sequence[Mention], knowledge: Knowledge, thresholds: PayThresholds
) -> list[tuple[str, list[Mention]]]:
    """Pay against what is lawful where the work is; the middle of a range counts."""
    if not wages:
        return []
    abroad = list(dict.fromkeys(m.value for m in mentions if m.type == "destination" and m.value != _HOME))
    if not abroad:
        limit = thresholds.home_minimum_wage_factor * knowledge.minimum_wage_idr_month
        high = [m for m in wages if _is_above_home(m, limit, thresholds.home_hourly_idr)]
        return [("pay_above_lawful_range", high)] if high else []
    for iso2 in abroad:
        place = knowledge.country.get(iso2)
        if place is None:
            continue
        ceiling = _lawful_ceiling(place, knowledge, thresholds.above_range_factor)
        if ceiling is not None:
            high = [m for m in wages if _month(m) > ceiling]
            return [("pay_above_lawful_range", high)] if high else [("pay_within_lawful_range", list(wages))]
        if place.has("scam_hub") and place.wage is None:
            high = [m for m in wages if _month(m) >= thresholds.hub_wage_idr_month]
            return [("pay_above_lawful_range", high)] if high else []
    return []


def _month(mention: Mention) -> float:
    """Rupiah a month, in the middle of the range."""
    return float(mention.detail["idr_month_min"] + mention.detail["idr_month_max"]) / 2


def _is_above_home(mention: Mention, limit_idr_month: float, limit_idr_hour: float) -> bool:
    if mention.detail["period"] == "hour":
        return _month(mention) / MONTH_FACTORS["hour"] > limit_idr_hour
    return _month(mention) > limit_idr_month


def _lawful_ceiling(place: Destination, knowledge: Knowledge, factor: float) -> float | None:
    """Rupiah a month above which pay is implausible there, None where no range or rate is known."""
    if place.wage is None:
        return None
    rate = next((c.idr for c in knowledge.currencies if c.code == place.wage.currency), None)
    return None if rate is None else factor * place.wage.max * rate


def _is_unlisted(mentions: Sequence[Mention], knowledge: Knowledge) -> bool:
    """Whether a licence is named beside companies of which none is on a list that is complete."""
    if not knowledge.licences.complete or not any(m.type == "licence" for m in mentions):
        return False
    companies = [_company_key(m.value) for m in mentions if m.type == "company"]
    listed = {_company_key(name) for name in knowledge.licences.companies}
    return bool(companies) and not any(name in listed for name in companies)


def _company_key(name: str) -> str:
    words = name.upper().replace(".", " ").replace(",", " ").split()
    return " ".join(word for word in words if word not in ("PT", "CV", "TBK", "(PERSERO)", "PERSERO"))
