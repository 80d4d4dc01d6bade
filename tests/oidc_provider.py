"""A small OpenID Connect provider: real HTTP on this machine, RS256 keys of its own, one user who is always signed in.

It keeps to the rules (a code works once, for its client, address and PKCE verifier), and lies where a test tells it to.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "sigap-uji", "rahasia-klien-uji-0123456789-abcdef"
Claims = dict[str, Any]


class Provider:
    """What the provider knows and does. `claims` are of its user; `lie` changes an ID token before it is signed."""

    def __init__(self) -> None:
        self.keys = KeySet([RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"})])
        self.signing = self.keys.keys[0]
        self.header: dict[str, str] = {"alg": "RS256", "kid": str(self.signing.kid)}
        self.claims: Claims = {"sub": "u-1", "preferred_username": "rina", "name": "Rina Sari"}
        self.lie: Callable[[Claims], Claims] = lambda claims: claims
        self.userinfo: Claims = {}
        self.metadata: Claims = {}
        self.issuer = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def description(self) -> Claims:
        """The answer of the discovery address."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.metadata

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code."""
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert set(query["scope"].split()) == {"openid", "profile", "email"}
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def token(self, fields: dict[str, str], authorization: str) -> Claims | None:
        """The tokens for a code; None where anything does not fit."""
        asked = self._codes.pop(fields.get("code", ""), None)
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        verifier = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or given != f"{CLIENT_ID}:{CLIENT_SECRET}"
            or fields.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(verifier).decode().rstrip("=") != asked["code_challenge"]
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        signed = jwt.encode(self.header, self.lie(claims | self.claims), self.signing, algorithms=["RS256", "HS256"])
        return {"token_type": "Bearer", "access_token": "kunci-uji", "expires_in": 300, "id_token": signed}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider on a free port while the block runs."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/.well-known/openid-configuration":
                self._json(provider.description())
            elif parts.path == "/keys":
                self._json(dict(provider.keys.as_dict(private=False)))
            elif parts.path == "/userinfo" and self.headers["Authorization"] == "Bearer kunci-uji":
                self._json(provider.userinfo)
            elif parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
            else:
                self._json({"error": "not_found"}, 404)

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = {name: values[0] for name, values in parse_qs(body).items()}
            found = provider.token(fields, self.headers.get("Authorization", ""))
            self._json(found or {"error": "invalid_grant"}, 200 if found else 400)

        def _json(self, value: Claims, status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
