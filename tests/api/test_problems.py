"""Every refusal is an RFC 9457 problem document, and none quotes the request."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from api import problems
from api.app import create_app
from api.problems import ERRORS, KINDS
from api.settings import Settings
from api.workers import Workers
from detector import errors
from detector.assessment import Assessment
from detector.detector import Detector
from tests.api.ads import COMPOUND
from tests.server import client_of

JSON = {"content-type": "application/json"}
LATIN_JSON = {"content-type": "application/json;charset=latin-1"}
SECRET = "rahasia0812"
LIMIT = Settings().max_body_bytes


def assert_problem(answer, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert list(body) == ["type", "title", "status", "detail", "code", "errors"]
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"/docs#problem-{code}"
    assert body["title"] == KINDS[code].title
    assert all(list(error) == ["pointer", "code", "detail"] for error in body["errors"])
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "pointer"),
    [
        (b'{"text": "' + SECRET.encode(), JSON, 400, "broken_json", None),
        (b"", JSON, 400, "broken_json", None),
        (b"[" * 100_000, JSON, 400, "unreadable_body", None),
        (b'{"text": "kerja \xe9"}', JSON, 400, "not_utf8", None),
        ('{"text": "kerja"}'.encode("utf-16"), JSON, 400, "not_utf8", None),
        (gzip.compress(b'{"text": "kerja"}'), JSON, 400, "not_utf8", None),
        (b'{"text": "kerja"}', LATIN_JSON, 415, "unsupported_media_type", None),
        (b"text=kerja", {"content-type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type", None),
        (b'{"text": "kerja"}', {"content-type": ""}, 415, "unsupported_media_type", None),
        (b'"' + SECRET.encode() + b'"', JSON, 422, "invalid", ""),
        (b"{}", JSON, 422, "invalid", ""),
        (b'{"text": "a", "html": "<p>a</p>"}', JSON, 422, "invalid", ""),
        (b'{"text": 3}', JSON, 422, "invalid", "/text"),
        (b'{"text": null}', JSON, 422, "invalid", "/text"),
        (b'{"text": ["rahasia0812"]}', JSON, 422, "invalid", "/text"),
        (b'{"text": "kerja", "store": true}', JSON, 422, "invalid", "/store"),
        (b'{"text": "kerja", "explain": "yes"}', JSON, 422, "invalid", "/explain"),
        (b'{"text": "kerja", "language": "Bahasa"}', JSON, 422, "invalid", "/language"),
        (b'{"text": "kerja", "id": "\\ud800"}', JSON, 422, "invalid", "/id"),
        (b'{"text": "kerja", "colour": 1}', JSON, 422, "invalid", "/colour"),
        (b'{"text": "kerja", "rahasia0812 \\ud800": 1}', JSON, 422, "invalid", ""),
        (b'{"text": " \\u200b\\n"}', JSON, 422, "empty", "/text"),
        (b'{"html": "<p> </p>"}', JSON, 422, "unreadable_page", "/html"),
        (b'{"html": "\\n"}', JSON, 422, "empty", "/html"),
        (b'{"text": "' + b"x" * LIMIT + b'"}', JSON, 413, "too_large", None),
    ],
)  # fmt: skip
def test_bad_bodies(
    client: httpx.Client, body: bytes, headers: dict[str, str], status: int, code: str, pointer: str | None
) -> None:
    answer = client.post("/v1/score", content=body, headers=headers)
    assert_problem(answer, status, code)
    assert [error["pointer"] for error in answer.json()["errors"]] == ([] if pointer is None else [pointer])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("dibutuhkan admin \x00 toko di Bekasi, gaji UMK", "a NUL byte"),
        ("dibutuhkan admin \ud800 toko di Bekasi, gaji UMK", "half of a surrogate pair"),
        ("🔥" * 300, "emoji only"),
        ("招聘客服，月薪一万二，包食宿", "a language that Sigap does not know"),
        ("<div>" * 2_000 + "kasir toko", "markup sent as text"),
    ],
)
def test_strange_text_is_answered_or_refused_but_never_breaks(client: httpx.Client, text: str, why: str) -> None:
    body = '{"text": "' + "".join(f"\\u{unit:04x}" for unit in _utf16(text)) + '"}'
    answer = client.post("/v1/score", content=body, headers=JSON)
    assert answer.status_code in (200, 422), why
    if answer.status_code == 422:
        assert_problem(answer, 422, answer.json()["code"])
    else:
        assert answer.json()["warnings"], why


def _utf16(text: str) -> Iterator[int]:
    data = text.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/static/nothing.css", 404, "not_found"),
        ("GET", "/v1/score", 405, "method_not_allowed"),
        ("DELETE", "/v1/model", 405, "method_not_allowed"),
        ("PUT", "/", 405, "method_not_allowed"),
    ],
)
def test_wrong_addresses_and_methods(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, path)
    assert_problem(answer, status, code)
    assert ("allow" in answer.headers) == (status == 405)


def test_a_browser_gets_a_page_instead(client: httpx.Client) -> None:
    answer = client.get("/nothing?lang=en", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in answer.text


def test_a_body_of_unknown_length_is_cut_off_while_it_streams(client: httpx.Client) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'{"text": "'
        for _ in range(100):
            sent += 65_536
            yield b"x" * 65_536

    assert_problem(client.post("/v1/score", content=endless(), headers=JSON), 413, "too_large")


def test_every_error_of_the_detector_is_mapped() -> None:
    def tree(kind: type[errors.SigapError]) -> Iterator[type[errors.SigapError]]:
        yield kind
        for below in kind.__subclasses__():
            yield from tree(below)

    known = [kind for kind in tree(errors.SigapError) if kind.__module__ == errors.__name__]
    assert len(known) > 8
    for kind in known:
        assert kind in ERRORS, kind
        assert ERRORS[kind] in KINDS


def test_an_inner_error_does_not_tell_paths() -> None:
    problem = problems.from_error(errors.BundleMissing("/srv/geheim"))
    assert problem.status_code == 503
    assert "geheim" not in str(problem.as_dict())
    assert problem.headers is not None
    assert problem.headers["Retry-After"] == "2"


def test_the_unexpected_is_a_500_whose_log_names_the_place_and_not_the_text(
    detector: Detector, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings(), detector)

    @app.get("/boom")
    def boom() -> None:
        raise KeyError(SECRET)

    with client_of(app) as client:
        assert_problem(client.get("/boom"), 500, "internal")
    assert "KeyError" in caplog.text
    assert "test_problems.py" in caplog.text
    assert SECRET not in caplog.text


def test_a_full_queue_is_a_503_with_retry_after(detector: Detector) -> None:
    app = create_app(Settings(), detector)
    app.state.sigap.workers = Workers(threads=1, queue=0)
    app.state.sigap.workers._inside = 1
    with client_of(app) as client:
        answer = client.post("/v1/score", json={"text": COMPOUND})
    assert_problem(answer, 503, "busy")
    assert answer.headers["retry-after"] == "2"


def test_nothing_of_the_text_reaches_the_log(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    client.post("/v1/score", json={"text": f"{COMPOUND} {SECRET}"})
    client.post("/v1/score", json={"text": [SECRET]})
    client.post("/", data={"text": f"{COMPOUND} {SECRET}"})
    assert SECRET not in caplog.text


def eventually(client: httpx.Client, wanted: Callable[[httpx.Response], bool]) -> httpx.Response:
    deadline = time.monotonic() + 20
    while not wanted(answer := client.get("/readyz")):
        assert time.monotonic() < deadline, answer.text
    return answer


def test_ready_only_after_a_first_assessment(detector: Detector) -> None:
    class Held(Detector):
        """The real detector, whose first assessment waits until the test has looked."""

        def assess(self, *arguments: Any, **options: Any) -> Assessment:
            looked.wait()
            return super().assess(*arguments, **options)

    looked = threading.Event()
    with client_of(create_app(Settings(), Held(detector.bundle, detector.knowledge))) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert_problem(client.get("/readyz"), 503, "not_ready")
        looked.set()
        answer = eventually(client, lambda answer: answer.status_code == 200)
        assert answer.json() == {"status": "ready"}


def test_a_model_that_cannot_assess_is_never_ready(detector: Detector) -> None:
    class Broken(Detector):
        """A detector whose weights do not fit."""

        def assess(self, *arguments: Any, **options: Any) -> Assessment:
            raise ValueError(SECRET)

    with client_of(create_app(Settings(), Broken(detector.bundle, detector.knowledge))) as client:
        answer = eventually(client, lambda answer: "failed" in answer.text)
        assert_problem(answer, 503, "not_ready")
