"""Passwords: what is taken, and how it is kept."""

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from api.security import passwords

GOOD = "empat kata tanpa hubungan"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("sebelashuru", "short"),
        ("", "short"),
        ("a" * 1_001, "long"),
        ("aaaaaaaaaaaa", "simple"),
        ("abababababab", "simple"),
        ("123456789012", "simple"),
        ("qwertyuiopas", "simple"),
        ("Password1234", "common"),
        ("P@ssw0rd!2026", "common"),
        ("bismillah123456", "common"),
        ("selamat-datang", "common"),
        ("rina@kantor.example", "login"),
        ("xrina.sari1234", "login"),
    ],
)
def test_what_is_guessed_first_is_not_taken(password: str, why: str) -> None:
    login = "rina.sari@kantor.example" if "sari" in password else "rina@kantor.example"
    assert passwords.weakness(password, login) == why


@pytest.mark.parametrize(
    "password",
    [GOOD, "kucing rina suka hujan deras", "x7!kelapa-Batu_langit", "ジャカルタの雨は三月まで続く", "839201847562"],
)
def test_length_is_enough(password: str) -> None:
    assert passwords.weakness(password, "rina") is None


def test_a_password_made_for_somebody_is_taken_and_never_the_same() -> None:
    made = {passwords.make_password() for _ in range(50)}
    assert len(made) == 50
    assert not any(passwords.weakness(one, "rina") for one in made)


def test_argon2id_with_a_salt_of_its_own() -> None:
    one, other = passwords.hash_password(GOOD), passwords.hash_password(GOOD)
    assert one != other
    assert extract_parameters(one).type is Type.ID
    assert extract_parameters(one).memory_cost >= 19_456  # KiB; the least that OWASP names
    assert passwords.is_right(one, GOOD)
    assert not passwords.is_right(one, GOOD + " ")
    assert not passwords.is_outdated(one)


def test_a_hash_of_older_parameters_still_opens_and_is_known_as_old() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(GOOD)
    assert passwords.is_right(old, GOOD)
    assert passwords.is_outdated(old)


def test_no_hash_opens_to_nothing() -> None:
    assert not passwords.is_right(None, GOOD)
    assert not passwords.is_right("", "")
    assert not passwords.is_right("no hash", GOOD)


def test_keyboards_that_send_the_same_letters_differently_agree() -> None:
    assert passwords.is_right(passwords.hash_password("café di jalan braga"), "cafe\u0301 di jalan braga")
