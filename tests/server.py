"""A real server around the application, on a free port of this machine, in a thread of the tests."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of `app` while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def client_of(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of `app`, served: the notebook's user, with the token that its forms need."""
    with served(app) as address, httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        carry_token(client)
        yield client


def carry_token(client: httpx.Client, page: str = "/") -> None:
    """Let `client` send the token of its visit with every request, as a browser's forms do; `page` holds a form."""
    field = re.search(r'name="csrf" value="([0-9a-f]{64})"', client.get(page).text)
    if field:
        client.headers["x-csrf-token"] = field[1]
