"""Signing in by OpenID Connect: authorization code flow with PKCE, state and nonce, at one provider.

Needs the extra `oidc`. Everything that the provider says about somebody is taken from an ID token whose signature,
issuer, audience, times and nonce were checked, or from its userinfo endpoint for the same subject.
"""

import hmac
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from api.security.addresses import is_loopback
from api.security.newcomers import STARTED_S
from api.settings import Settings
from detector.errors import SigapError

LOG = logging.getLogger("sigap.api")
SCOPE = "openid profile email"
# Signatures by a key that only the provider has; never "none", and never one made with the client's secret.
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA")
LEEWAY_S = 60  # between the provider's clock and ours
TIMEOUT_S = 10.0
_METADATA_S = 3_600
Trouble = Literal["unreachable", "refused", "late", "token", "no_login"]


class SignInFailed(SigapError):
    """Nobody was signed in; `trouble` says why. What the provider wrote stays in the log."""

    def __init__(self, trouble: Trouble, reason: str) -> None:
        self.trouble = trouble
        super().__init__(f"OpenID Connect: {trouble}: {reason}")


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in under way, kept by the browser that began it: no other one can end it.

    `at` is in seconds since 1970, `next` where the person wanted to go.
    """

    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    next: str
    at: float

    def packed(self) -> str:
        """As the value of a cookie: quoted JSON has no place in one, hexadecimal has."""
        return json.dumps(asdict(self)).encode().hex()


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom the provider vouches for. `login` is the claim that accounts are found by at first."""

    subject: str  # "issuer|sub": of all claims only these two never change hands
    login: str
    name: str


def unpack(packed: str) -> Started | None:
    """A sign-in under way, from its cookie; None where it is none."""
    try:
        return Started(**json.loads(bytes.fromhex(packed)))
    except (ValueError, TypeError):
        return None


class Provider:
    """One OpenID Connect provider. Safe to share between threads; nothing is asked before somebody signs in."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer or ""
        self._client_id = settings.oidc_client_id or ""
        secret = settings.oidc_client_secret
        self._secret = secret.get_secret_value() if secret else None
        self._claim = settings.oidc_claim
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._metadata_at = float("-inf")

    def start(self, redirect_uri: str, then: str, now: datetime) -> tuple[str, Started]:
        """Where the browser goes to sign in, and what it keeps meanwhile.

        Raises:
            SignInFailed: `unreachable`.
        """
        started = Started(generate_token(43), generate_token(43), generate_token(64), then, now.timestamp())
        with self._client(redirect_uri, now) as client:
            address, _ = client.create_authorization_url(
                self._metadata["authorization_endpoint"],
                state=started.state,
                nonce=started.nonce,
                code_verifier=started.verifier,
            )
        return str(address), started

    def finish(self, redirect_uri: str, answer: Mapping[str, str], started: Started | None, now: datetime) -> Identity:
        """Who came back.

        Args:
            redirect_uri: the same as at the start.
            answer: the parameters with which the browser was sent back.
            started: what the browser kept.
            now: the moment.

        Raises:
            SignInFailed: nobody was signed in.
        """
        if started is None or now.timestamp() - started.at > STARTED_S:
            raise SignInFailed("late", "no sign-in is under way in this browser")
        if not hmac.compare_digest(answer.get("state", "").encode(), started.state.encode()):
            raise SignInFailed("late", "the state is not the one of the sign-in under way")
        if answer.get("iss", self._issuer) != self._issuer:
            raise SignInFailed("token", "another issuer answers")  # RFC 9207
        if "code" not in answer:
            raise SignInFailed("refused", repr(answer.get("error", "no code"))[:80])
        with self._client(redirect_uri, now) as client:
            try:
                token = client.fetch_token(
                    self._metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer["code"],
                    code_verifier=started.verifier,
                )
            except (AuthlibBaseError, HTTPError, ValueError) as error:
                raise SignInFailed("token", f"the code was not taken: {type(error).__name__}") from error
            claims = self._claims(client, token, started.nonce, now)
            return self._identity(client, claims)

    def _claims(self, client: OAuth2Client, token: Mapping[str, Any], nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of the ID token, checked."""
        try:
            keys = KeySet.import_key_set(cast(KeySetSerialization, _json(client, self._metadata["jwks_uri"])))
            signed = jwt.decode(str(token.get("id_token", "")), keys, algorithms=list(ALGORITHMS))
            claims = CodeIDToken(
                signed.claims,
                signed.header,
                options={
                    "iss": {"essential": True, "value": self._issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                params={"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (JoseError, AuthlibBaseError, ValueError, TypeError, KeyError) as error:
            raise SignInFailed("token", f"the ID token does not hold: {error}") from error
        return dict(claims)

    def _identity(self, client: OAuth2Client, claims: dict[str, Any]) -> Identity:
        subject = str(claims["sub"])
        if self._claim not in claims and (address := self._metadata.get("userinfo_endpoint")):
            more = _json(client, address, with_token=True)
            if more.get("sub") != subject:
                raise SignInFailed("token", "userinfo is about somebody else")
            claims = more | claims
        login = claims.get(self._claim)
        if not isinstance(login, str) or (self._claim == "email" and claims.get("email_verified") is not True):
            login = ""
        name = claims.get("name")
        return Identity(f"{self._issuer}|{subject}", login.strip().lower(), name if isinstance(name, str) else "")

    def _client(self, redirect_uri: str, now: datetime) -> OAuth2Client:
        """A client of the provider, whose metadata is known from here on."""
        self._learn(now)
        methods = self._metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Client(
            self._client_id,
            self._secret,
            token_endpoint_auth_method=method if self._secret else "none",
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
        )

    def _learn(self, now: datetime) -> None:
        """Read the provider's own description, at most once an hour (OpenID Connect Discovery 1.0)."""
        with self._lock:
            if now.timestamp() - self._metadata_at < _METADATA_S:
                return
            with OAuth2Client(timeout=TIMEOUT_S) as client:
                found = _json(client, self._issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self._issuer:
                raise SignInFailed("unreachable", "the provider calls itself by another issuer")
            needed = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
            for name in sorted(needed | ({"userinfo_endpoint"} & found.keys())):
                if not _is_trustworthy(found.get(name)):
                    raise SignInFailed("unreachable", f"the provider's {name} is missing or not https")
            self._metadata, self._metadata_at = found, now.timestamp()


def _json(client: OAuth2Client, address: str, with_token: bool = False) -> dict[str, Any]:
    try:
        answer = client.request("GET", address, withhold_token=not with_token)
        answer.raise_for_status()
        found = answer.json()
    except (AuthlibBaseError, HTTPError, ValueError) as error:
        raise SignInFailed("unreachable", f"{type(error).__name__} at the provider") from error
    if not isinstance(found, dict):
        raise SignInFailed("unreachable", "the provider answers with something else than an object")
    return found


def _is_trustworthy(address: object) -> bool:
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
