"""The contacts of a text, each in one spelling: what ties two unlike advertisements to one hand.

A contact names somebody: a phone (a WhatsApp link to it is the same contact), an account, an address, an own domain, an
invitation, a form, an account at a bank or e-wallet. What everybody shares names nobody: the bare domain of a
messenger, a form service, a shop, a free host or a public body (the lists in `knowledge/domains.yaml`), a phone with
masked digits, a virtual account that is made for one payment.
"""

from detector.entities import EntityExtractor, Mention
from detector.errors import EmptyInput
from detector.mentions.accounts import extract_accounts
from detector.mentions.lexicon import load_lexicon
from detector.text import normalise


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Pages of a social network that are nobody's account.
_COMMON_PAGES = _words("""
    about events explore groups hashtag home login marketplace p photo photos posts reel reels search share sharer
    status stories story tag video videos watch
""")
_NOBODYS = frozenset({"official", "education"})
# Second levels below which names are registered ("contoh.co.id").
_SECOND_LEVELS = _words("ac biz co com desa edu go gov mil my net or org ponpes sch web")


def contacts_of(text: str, extractor: EntityExtractor) -> tuple[str, ...]:
    """The contacts of `text` as "type:value", without repeats, in the order of the text.

    Types: phone, email, link, domain, the services of handles (telegram, line, instagram ...), handle where the service
    is unknown, account ("account:bca:1234567890", "account:dana:+62812...", "account:unknown:..." where no bank is
    named). The number of a wallet is a phone as well; that of a bank never is.
    """
    try:
        normal = normalise(text).normal
    except EmptyInput:
        return ()
    accounts = extract_accounts(normal)
    numbers = [(mention.start, mention.end) for mention in accounts if mention.detail["kind"] == "bank"]
    mentions = [m for m in extractor.extract(normal) if m.type != "phone" or not _within(m, numbers)]
    ordered = sorted([*mentions, *accounts], key=lambda m: (m.start, m.end, m.type, m.value))
    found = (value for mention in ordered for value in (contact(mention), _phone_of_wallet(mention)))
    return tuple(dict.fromkeys(value for value in found if value is not None))


def contact(mention: Mention) -> str | None:
    """The contact that a mention stands for, None where it names nobody."""
    kind, value, detail = mention.type, mention.value, mention.detail
    if kind == "phone":
        return None if detail["masked"] else f"phone:{value}"
    if kind == "handle":
        return value.replace("unknown:", "handle:", 1) if value.startswith("unknown:") else value
    if kind == "account":
        return f"account:{value}"
    if kind == "email":
        return None if detail["domain_class"] in _NOBODYS else f"email:{value}"
    if kind in ("link", "shortlink"):
        return _of_link(kind, value, str(detail["host"]), str(detail["domain_class"]))
    return None


def _phone_of_wallet(mention: Mention) -> str | None:
    """The phone that stands behind the account of a wallet: another advertisement may give it as a phone alone."""
    wallet = mention.type == "account" and mention.detail["kind"] == "wallet"
    return f"phone:{mention.value.partition(':')[2]}" if wallet else None


def _within(mention: Mention, spans: list[tuple[int, int]]) -> bool:
    """Whether a mention overlaps one of these spans."""
    return any(mention.start < end and start < mention.end for start, end in spans)


def _of_link(kind: str, value: str, host: str, name: str) -> str | None:
    if name in _NOBODYS:
        return None
    path = value[len(host) :].partition("#")[0].partition("?")[0].strip("/")
    if kind == "shortlink" or name in ("form", "messenger"):
        return f"link:{host}/{path}" if path else None
    if name == "social":
        account = path.lower().removeprefix("@")
        return f"link:{host}/{account}" if account and "/" not in account and account not in _COMMON_PAGES else None
    if name == "other":  # a page on a free host is somebody's where its name stands in the host
        return None if host in load_lexicon().domains.free_hosts else f"domain:{host}"
    return f"domain:{_registered(host)}"


def _registered(host: str) -> str:
    """The part of a host that somebody registered: two labels, or three below a country's second level."""
    labels = host.split(".")
    below = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3:] if below else labels[-2:])
