"""Before any route: who asks, and whether a request that changes something comes from a page of this server."""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.store import people
from api.store.engine import Store


class Gate:
    """Puts the person who asks on `request.state.person`, None where nobody is signed in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            store: Store = scope["app"].state.sigap.store
            scope.setdefault("state", {})["person"] = people.notebook(store)
        await self._app(scope, receive, send)
