"""Every refusal of the API as one table, and its shape: RFC 9457 problem documents.

Nothing here ever carries the text that was judged: details name rules, limits and positions only.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from detector.errors import (
    BatchError,
    BundleError,
    BundleMismatch,
    BundleMissing,
    EmptyInput,
    InputError,
    InputTooLarge,
    KnowledgeError,
    NotText,
    SigapError,
    UnreadablePage,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One way to be refused: a stable code, its HTTP status and a title for people."""

    code: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The problem type: where this server explains the code."""
        return f"/docs#problem-{self.code}"


_KINDS = (
    ProblemKind("broken_json", 400, "The body is not JSON"),
    ProblemKind("not_utf8", 400, "The body is not UTF-8"),
    ProblemKind("unreadable_body", 400, "The body cannot be read"),
    ProblemKind("not_signed_in", 401, "Nobody is signed in"),
    ProblemKind("forbidden", 403, "This person may not do this"),
    ProblemKind("forged", 403, "The form is not of this visit"),
    ProblemKind("not_found", 404, "There is nothing at this address"),
    ProblemKind("method_not_allowed", 405, "This address does not take this method"),
    ProblemKind("too_large", 413, "The body is too large"),
    ProblemKind("unsupported_media_type", 415, "The body must be application/json in UTF-8"),
    ProblemKind("wrong_host", 421, "Without an account Sigap answers on this machine alone"),
    ProblemKind("invalid", 422, "The body breaks the schema"),
    ProblemKind("empty", 422, "The text is empty"),
    ProblemKind("not_text", 422, "The input is not text"),
    ProblemKind("unreadable_page", 422, "The page cannot be read"),
    ProblemKind("several_listings", 422, "The page holds several listings"),
    ProblemKind("bad_verdict", 422, "The verdict was not taken"),
    ProblemKind("bad_input", 422, "The input cannot be judged"),
    ProblemKind("too_many_attempts", 429, "Signing in failed too often"),
    ProblemKind("internal", 500, "Sigap failed"),
    ProblemKind("busy", 503, "Too many requests are waiting"),
    ProblemKind("not_kept", 503, "Nothing was kept"),
    ProblemKind("not_ready", 503, "The model is not ready"),
)
KINDS: Mapping[str, ProblemKind] = {kind.code: kind for kind in _KINDS}

# Which problem each error of the detector becomes; the nearest class in its ancestry decides.
ERRORS: Mapping[type[SigapError], str] = {
    EmptyInput: "empty",
    InputTooLarge: "too_large",
    NotText: "not_text",
    UnreadablePage: "unreadable_page",
    InputError: "bad_input",
    KnowledgeError: "internal",
    BundleMissing: "not_ready",
    BundleMismatch: "not_ready",
    BundleError: "not_ready",
    BatchError: "internal",
    SigapError: "internal",
}
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_]{1,40}\Z")


class Problem(HTTPException):
    """A refusal, raised anywhere in a request. `code` is a key of `KINDS`; `detail` never quotes the request."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = KINDS[code]
        self.errors = tuple(dict(error) for error in errors)
        retry = {"Retry-After": str(RETRY_AFTER_S)} if self.kind.status == 503 else {}
        super().__init__(self.kind.status, detail, {**retry, **(headers or {})})

    def as_dict(self) -> dict[str, Any]:
        """The problem document."""
        return {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "code": self.kind.code,
            "errors": list(self.errors),
        }

    def response(self) -> JSONResponse:
        """The problem document as a response."""
        return JSONResponse(self.as_dict(), self.kind.status, self.headers, media_type=MEDIA_TYPE)


def code_of(error: SigapError) -> str:
    """The problem code of an error of the detector."""
    return next(ERRORS[cls] for cls in type(error).__mro__ if cls in ERRORS)


def from_error(error: SigapError, pointer: str = "") -> Problem:
    """Translate an error of the detector. `pointer` names the field (JSON Pointer) that held the input.

    Only the messages of input errors reach the caller; what broke inside the server stays there.
    """
    code = code_of(error)
    if not isinstance(error, InputError):
        return Problem(code, "Sigap cannot answer at the moment; its log says why.")
    detail = str(error)
    return Problem(code, detail, [{"pointer": pointer, "code": code, "detail": detail}] if pointer else [])


def from_http(error: HTTPException) -> Problem:
    """Translate an error of the web framework."""
    if isinstance(error, Problem):
        return error
    code = _BY_STATUS.get(error.status_code)
    if code is None:
        code = "unreadable_body" if error.status_code < 500 else "internal"
    return Problem(code, f"{KINDS[code].title}.", headers=error.headers)


def from_validation(error: RequestValidationError) -> Problem:
    """Translate a body that breaks its schema: where (JSON Pointer) and which rule, never what stood there."""
    found = error.errors()
    for one in found:
        if one["type"] == "json_invalid":
            place = one["loc"][-1]
            return Problem("broken_json", f"The body stops being JSON at character {place}.")
    errors = [
        {"pointer": _pointer(one["loc"]), "code": str(one["type"]), "detail": str(one["msg"])} for one in found[:50]
    ]
    first = errors[0]
    where = first["pointer"] or "the body"
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return Problem("invalid", f"{where}: {first['detail']}{more}.", errors)


def _pointer(location: Sequence[str | int]) -> str:
    """A JSON Pointer into the body. Names that the caller chose are shown only when they are plain."""
    parts = [str(part) for part in location[1:]]
    return "".join(f"/{part if _PLAIN_NAME.match(part) else '?'}" for part in parts)
