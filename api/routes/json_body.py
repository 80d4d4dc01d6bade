"""A route that takes JSON in UTF-8 and says clearly when it got something else."""

from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.problems import Problem


class JsonBodyRoute(APIRoute):
    """Checks media type, charset and encoding before the framework parses: it would guess UTF-16 and UTF-32."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler behind the checks."""
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def checked(request: Request) -> Response:
            if takes_body:
                _check_media_type(request.headers.get("content-type", ""))
                _check_utf8(await request.body())
            return await handle(request)

        return checked


def _check_media_type(value: str) -> None:
    message = Message()
    message["content-type"] = value
    if message.get_content_type() != "application/json":
        raise Problem("unsupported_media_type", "Send the body as application/json.")
    if (message.get_content_charset() or "utf-8") not in ("utf-8", "utf8"):
        raise Problem("unsupported_media_type", "JSON is UTF-8; no other charset is read.")


def _check_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("not_utf8", f"The body stops being UTF-8 at byte {error.start}.") from None
    if not body.strip():
        raise Problem("broken_json", "The body is empty.")
