"""Whose address counts for who is not signed in: the one that somebody trusted saw, never one that is only claimed."""

from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network, ip_address

from litestar.types import Scope

#: An IPv6 customer has at least this many bits of a network for itself, and may take a new address for each request.
IPV6_BITS = 64
#: Of a peer that has no address: a Unix socket's.
LOCAL = "local"


def client_address(scope: Scope, trusted_proxies: int) -> str:
    """Without proxies the peer's. With n of them the n-th from the right of ``X-Forwarded-For``: each appends whom it
    saw, so what stands further left is only claimed. A request that has fewer came past them: the peer's.
    """
    client = scope.get("client")
    peer = _as_one(client[0]) if client else LOCAL
    if not trusted_proxies:
        return peer
    seen = [part for value in _forwarded_for(scope["headers"]) for part in value.split(",")]
    return _as_one(seen[-trusted_proxies]) if len(seen) >= trusted_proxies else peer


def _forwarded_for(headers: Iterable[tuple[bytes, bytes]]) -> Iterable[str]:
    return (value.decode("latin-1") for name, value in headers if name.lower() == b"x-forwarded-for")


def _as_one(text: str) -> str:
    """In one spelling, without a port; IPv6 as its network, IPv4 within it as IPv4. What is no address is one, too."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return LOCAL
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((address, IPV6_BITS), strict=False))
    return str(address)
