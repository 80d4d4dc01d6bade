"""Evidence packages (`evidence/1`): texts as received with everything said about them, sealed and checkable.

A package is one JSON document. `seal` is the sha256 of its canonical form without the seal (RFC 8785 in spirit: sorted
keys, no spaces, UTF-8); each text has its own sha256; each result names the model and knowledge that gave it. `verify`
works out all of it again. The seal proves that nothing was changed since the package was made, not who made it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from detector.assessment import Assessment
from detector.detector import Detector
from detector.errors import InputError

SCHEMA = "evidence/1"
CAUTION = {
    "id": "Bukan bukti; perlu verifikasi. Sigap menilai teks, bukan orang, dan keputusan ada pada manusia.",
    "en": "Not evidence; needs verification. Sigap judges texts, not people, and the decision belongs to a person.",
}
# Two processors may differ in the last digits of the encoder's sums; more than this is another score.
TOLERANCE = 1e-3
Finding = Literal["holds", "changed", "other_model", "unreadable"]


class BrokenPackage(InputError):
    """The file is no evidence package."""

    code = "broken_package"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"not an {SCHEMA} package: {reason}")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was worked out again: `what` names it ("seal", "ad:17 text", "ad:17 score")."""

    what: str
    finding: Finding
    detail: str = ""


def digest(text: str) -> str:
    """sha256 of a text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seal(package: Mapping[str, Any]) -> dict[str, Any]:
    """The package with its schema, caution and seal; an old seal is replaced."""
    body = {**{key: value for key, value in package.items() if key != "seal"}, "schema": SCHEMA, "caution": CAUTION}
    return {**body, "seal": digest(canonical(body))}


def read(data: bytes) -> dict[str, Any]:
    """The package in the bytes of a file.

    Raises:
        BrokenPackage: it is no JSON, no package, or one of its parts is missing.
    """
    try:
        package = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenPackage("no JSON") from error
    if not isinstance(package, dict) or package.get("schema") != SCHEMA:
        raise BrokenPackage("another schema")
    ads = package.get("ads")
    if not isinstance(ads, list) or not isinstance(package.get("seal"), str):
        raise BrokenPackage("ads or seal missing")
    for number, ad in enumerate(ads, start=1):
        if not isinstance(ad, dict) or not all(isinstance(ad.get(key), str) for key in ("text", "sha256")):
            raise BrokenPackage(f"text or sha256 of entry {number} missing")
        if not isinstance(ad.get("assessment"), dict):
            raise BrokenPackage(f"assessment of entry {number} missing")
    return package


def verify(package: Mapping[str, Any], detector: Detector) -> tuple[Check, ...]:
    """Work out seal, hashes and scores of a package again.

    A score given by another model can't be worked out again with this one: that is said, with the version it needs.
    """
    body = {key: value for key, value in package.items() if key != "seal"}
    checks = [Check("seal", "holds" if digest(canonical(body)) == package["seal"] else "changed")]
    for number, ad in enumerate(package["ads"], start=1):
        name = f"ad:{ad.get('id', number)}"
        checks.append(Check(f"{name} text", "holds" if digest(ad["text"]) == ad["sha256"] else "changed"))
        checks.append(_score(f"{name} score", ad, detector))
    return tuple(checks)


def _score(what: str, ad: Mapping[str, Any], detector: Detector) -> Check:
    try:
        stated = Assessment.from_dict(ad["assessment"])
    except ValueError as error:
        return Check(what, "unreadable", str(error))
    if (stated.model, stated.knowledge) != (detector.version, detector.bundle.knowledge_as_of):
        needs = f"model {stated.model} with knowledge of {stated.knowledge}"
        return Check(what, "other_model", f"needs {needs}; this is {detector.version}")
    try:
        found = detector.assess(ad["text"], language=None)
    except InputError as error:
        return Check(what, "changed", error.code)
    said = (stated.level, stated.document.kind, _signs(stated))
    if said == (found.level, found.document.kind, _signs(found)) and _near(stated, found):
        return Check(what, "holds", f"risk {found.risk:.4f}, {found.level}")
    return Check(what, "changed", f"stated {stated.risk:.4f} {stated.level}, now {found.risk:.4f} {found.level}")


def _near(stated: Assessment, found: Assessment) -> bool:
    return abs(stated.risk - found.risk) <= TOLERANCE and abs(stated.logit - found.logit) <= TOLERANCE * 10


def _signs(assessment: Assessment) -> Sequence[tuple[str, tuple[tuple[int, int], ...]]]:
    return sorted((one.id, tuple((e.start, e.end) for e in one.evidence)) for one in assessment.indicators)


def canonical(body: Mapping[str, Any]) -> str:
    """The one spelling of a package as JSON."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
