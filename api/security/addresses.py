"""Addresses: which lead to this machine alone, where a request came from, and where a person may be sent next."""

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.requests import Request

LONGEST_NEXT = 2_000
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f\\]")


def is_loopback(host: str) -> bool:
    """Whether a name or an address, without a port, always means this machine."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def comes_from_this_machine(request: Request) -> bool:
    """Whether a request was made on this machine, for this machine.

    The name that was asked for must be one of loopback: another one may have been pointed here by whoever owns it, for
    a page in this machine's browser to read (DNS rebinding). A request that a proxy passed on came from elsewhere.
    """
    server = request.scope.get("server")
    return (
        server is not None
        and is_loopback(str(server[0]))
        and is_loopback(_without_port(request.headers.get("host", "")))
        and (request.client is None or is_loopback(request.client.host))
        and not any(name in request.headers for name in _FORWARDED)
    )


def network_of(request: Request) -> str:
    """The address that attempts are counted under; of IPv6 the /64, which one customer has all of."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def local_path(written: str, otherwise: str = "/") -> str:
    """`written` where it is a path of this site with or without a query, else `otherwise`.

    Browsers read a backslash as a slash and drop tabs and line ends, so that `/\\host` and `/<tab>/host` lead away.
    """
    if not written.startswith("/") or len(written) > LONGEST_NEXT or _UNPRINTABLE.search(written):
        return otherwise
    try:
        parts = urlsplit(written)
    except ValueError:
        return otherwise
    if parts.scheme or parts.netloc or written.startswith("//"):
        return otherwise
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _without_port(host: str) -> str:
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.rpartition(":")[0] or host
