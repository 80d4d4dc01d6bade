"""One request's visitor: who it is, how that is known, and what their forms are bound to."""

import secrets
from dataclasses import dataclass, field
from typing import Literal, cast

from starlette.requests import Request

from api.security.person import Person

Way = Literal["nobody", "notebook", "session"]


@dataclass(slots=True)
class Visit:
    """Made once per request by the gate, and found on `request.state.visit`.

    Attributes:
        person: who asks; None where nobody is signed in.
        way: how that is known. A way that no browser takes by itself, such as a key in a header, needs no form guard.
        secret: a cookie's value that the forms of this visit are bound to; "" where the browser has none yet.
        must_change: the password was chosen by somebody else.
    """

    person: Person | None = None
    way: Way = "nobody"
    secret: str = field(default="", repr=False)
    must_change: bool = False
    is_new: bool = False

    def bound_to(self) -> str:
        """The secret that forms are bound to; one is made for a browser that has none, to be sent with the page."""
        if not self.secret:
            self.secret, self.is_new = secrets.token_urlsafe(32), True
        return self.secret


def visit_of(request: Request) -> Visit:
    """The visit of a request; nobody's where the gate was not passed."""
    return cast(Visit, getattr(request.state, "visit", None) or Visit())
