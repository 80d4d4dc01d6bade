"""Passwords: which are taken, how they are kept, and how one is made for somebody else.

Hashes are argon2id (RFC 9106) with the parameters below in them, so that a hash made with older ones is known for what
it is and made again when its owner signs in.
"""

import re
import secrets
import unicodedata
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12  # characters; length is what stands against guessing, so nothing else is demanded
LONGEST = 1_000
Weakness = Literal["short", "long", "login", "simple", "common"]
_HASHER = PasswordHasher(time_cost=2, memory_cost=65_536, parallelism=1)  # KiB: 64 MiB for each password tried
_FEW = 5  # fewer different characters than this are no password
_BESIDE_LOGIN = 8  # characters that a password holds beside its owner's login
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else
# Beginnings and rows of the keyboard that most guesses start from; a password that is one of them with digits, marks
# or a second of them around it is among the first that are tried.
_COMMON = frozenset(
    """
    password passwort katasandi sandi rahasia sigap admin administrator root user guest login welcome selamat
    datang letmein masuk bismillah alhamdulillah indonesia merdeka jakarta bandung surabaya medan garuda pancasila
    negara indonesiaraya nusantara kemnaker imigrasi polri polisi pmi tki sayang cinta
    iloveyou sayangku cintaku anakku keluarga qwerty qwertyuiop qwertyuiopasdfghjkl asdf asdfghjkl zxcvbnm qazwsx
    qazwsxedc abc abcd abcdef abcdefgh abcdefghijkl abcdefghijklmnop monkey dragon football sunshine princess
    superman batman master shadow trustno changeme ganti gantisaya test testing coba cobacoba
    """.split()  # noqa: SIM905 (words read better than quotes)
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SEQUENCES = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


def weakness(password: str, login: str) -> Weakness | None:
    """Why a password is not taken, None where it is."""
    plain = _normal(password)
    low = plain.casefold()
    if len(plain) < SHORTEST:
        return "short"
    if len(plain) > LONGEST:
        return "long"
    for own in {login.casefold(), login.casefold().split("@")[0]}:
        if len(own) > 2 and own in low and len(low.replace(own, "")) < _BESIDE_LOGIN:
            return "login"
    if len(set(low)) < _FEW or any(low in row for row in _SEQUENCES) or _repeats(low):
        return "simple"
    words = re.findall(r"[^\W\d_]+", _AROUND.sub("", low).translate(_LEET))
    if words and all(word in _COMMON for word in words):
        return "common"
    return None


def hash_password(password: str) -> str:
    """The argon2id hash of a password; takes about a tenth of a second and 64 MiB."""
    return _HASHER.hash(_normal(password))


def is_right(hash_: str | None, password: str) -> bool:
    """Whether a password is the one of `hash_`. Without a hash the answer is no, and takes as long."""
    try:
        right = _HASHER.verify(hash_ or _nobodys_hash(), _normal(password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return right and hash_ is not None


def is_outdated(hash_: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(hash_)


def make_password() -> str:
    """A password for somebody else, to be told once and changed: 80 random bits, in groups that can be read out."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


_nobody: list[str] = []


def _nobodys_hash() -> str:
    """A hash that no password has, made once, for logins that do not exist."""
    if not _nobody:
        _nobody.append(_HASHER.hash(secrets.token_urlsafe(32)))
    return _nobody[0]


def _normal(password: str) -> str:
    """One form for what different keyboards send for the same characters (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _repeats(text: str) -> bool:
    """Whether a text is a short piece over and over: `abcabcabcabc`."""
    return any((text[:size] * (len(text) // size + 1))[: len(text)] == text for size in range(1, len(text) // 3 + 1))
