"""Which names mean this machine, and where a person may be sent."""

import pytest

from api.security.addresses import is_loopback, local_path


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True),
        ("[::1]", True), ("0.0.0.0", False), ("::", False), ("10.0.0.5", False), ("localhost.penipu.example", False),
        ("127.0.0.1.penipu.example", False), ("", False), ("sigap", False),
    ],
)  # fmt: skip
def test_loopback(host: str, is_ours: bool) -> None:
    assert is_loopback(host) is is_ours


@pytest.mark.parametrize("path", ["/", "/history", "/history?q=a%20b&page=2", "/a//b"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "history", "//penipu.example", "///penipu.example", "/\\penipu.example", "\\\\penipu.example", "/\tx", "/\n/x",
     "https://penipu.example/", "javascript:alert(1)", "/ x", "/" + "a" * 3_000, "http:/x", "//[penipu"],
)  # fmt: skip
def test_any_other_place_is_not(path: str) -> None:
    assert local_path(path, "/home") == "/home"
