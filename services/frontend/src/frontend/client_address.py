"""Who is asking: the address of the client and the scheme it used, behind a known number of proxies."""

import ipaddress

from quart import current_app, request

HOPS = "trusted_hops"
NETWORK_BITS = 64  # an IPv6 customer has a network of his own, and as many addresses as he likes


def client_address() -> str:
    """The client's address, or its /64 network; X-Forwarded-For counts only from as many proxies as are trusted."""
    hops: int = current_app.extensions[HOPS]
    direct = request.remote_addr or ""
    chain = _entries("X-Forwarded-For") if hops else []
    # every proxy appends the address it saw, so the last `hops` entries are theirs and earlier ones anybody's
    claimed = chain[-hops] if len(chain) >= hops > 0 else direct
    return _network(claimed) or _network(direct) or "unknown"


def is_tls() -> bool:
    """Whether the visitor came over TLS, here or at the proxy that ends it."""
    hops: int = current_app.extensions[HOPS]
    forwarded = _entries("X-Forwarded-Proto")[-1:] if hops else []
    return "https" in (request.scheme, *forwarded)


def _entries(name: str) -> list[str]:
    # a header may be there several times: what a proxy appends can be a line of its own behind that of the client
    return [part.strip() for line in request.headers.getlist(name) for part in line.split(",")]


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)
