"""Which network addresses the platform may call on somebody's word, and which hosts an operator allows besides.

A callback's URL comes from outside: without this check it could make the platform call its own neighbours. Only
addresses are judged here; looking them up, and connecting to the very address that was judged, is the sender's work.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}
_PUBLIC_PORTS = (None, 80, 443)


def embedded(address: Address) -> tuple[Address, ...]:
    """The IPv4 addresses an IPv6 address leads to: mapped, NAT64, 6to4, Teredo."""
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF),)
    within = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return tuple(each for each in within if each is not None)


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, and every address inside it too.

    >>> is_public(ipaddress.ip_address("93.184.216.34")), is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    (True, False)
    """
    is_wrapper = isinstance(address, ipaddress.IPv6Address) and (address in _NAT64 or address.ipv4_mapped is not None)
    # A wrapper's own range counts as reserved; what matters is where it leads.
    return (is_wrapper or _is_global(address)) and all(is_public(each) for each in embedded(address))


def _is_global(address: Address) -> bool:
    # is_global is wrong for multicast, and knows nothing of the old site-local range.
    is_site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_site_local)


def literal(host: str) -> Address | None:
    """The address a host *is*, where it is no name. A scope (``%eth0``) makes it nobody's public address: kept off."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts and networks for which the rules of public callbacks do not hold (decision G-50)."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, entries: Iterable[str]) -> AllowedHosts:
        """Entries as written in settings: ``localhost``, ``127.0.0.1``, ``10.0.0.0/8``, ``receiver.test``.

        Raises:
            ValueError: an entry is none of these.

        >>> AllowedHosts.read(["127.0.0.0/8", "receiver.test"]).has_host("127.0.0.1")
        True
        """
        names, networks = set(), []
        for entry in entries:
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                if not _is_name(entry):
                    raise ValueError(
                        f"expected a host, an address or a network such as 10.0.0.0/8, got {entry!r}"
                    ) from None
                names.add(entry.lower().rstrip("."))
        return cls(frozenset(names), tuple(networks))

    def has_host(self, host: str) -> bool:
        """Whether a host, name or address, is allowed as it stands."""
        address = literal(host)
        if address is not None:
            return self.has_address(address)
        return host.lower().rstrip(".") in self.names

    def has_address(self, address: Address) -> bool:
        """Whether an address lies in an allowed network."""
        return any(address.version == network.version and address in network for network in self.networks)


def _is_name(entry: str) -> bool:
    text = entry.rstrip(".")
    return 0 < len(text) <= 253 and text.isascii() and text.replace("-", "").replace(".", "").replace("_", "").isalnum()


def callback_fault(url: str, allowed: AllowedHosts) -> str | None:
    """What keeps a well-formed URL from being a callback (decisions G-26 and G-50), or None.

    >>> callback_fault("http://example.org/hook", AllowedHosts())
    'it must be https'
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if allowed.has_host(host):
        return None
    if parts.scheme != "https":
        return "it must be https"
    if parts.port not in _PUBLIC_PORTS:
        return f"its port must be 80 or 443, got {parts.port}"
    address = literal(host)
    if address is not None and not is_public(address):
        return f"{host} is no public address"
    return None


def refused_addresses(host: str, found: Iterable[Address], allowed: AllowedHosts) -> list[Address]:
    """Those of a host's addresses that may not be called. One is enough to call none of them."""
    if allowed.has_host(host):
        return []
    return [address for address in found if not is_public(address) and not allowed.has_address(address)]


def same_callback(url: str) -> str:
    """How a URL is compared with another customer's: scheme and host in lower case, the scheme's own port left out.

    >>> same_callback("HTTPS://Hooks.Example.org:443/a?b=C")
    'https://hooks.example.org/a?b=C'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    shown = f"[{host}]" if ":" in host else host
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{shown}{port}{parts.path or '/'}{query}"
