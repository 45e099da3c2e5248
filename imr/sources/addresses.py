"""Which addresses are allowed: those of the web as they are written, those of the internet as they are called."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

import httpx

from imr.errors import Code, SourceError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GIVEN_OUT = ipaddress.ip_network("2000::/3")  # of IPv6 only this is the internet; all else is local or reserved
_6TO4_RELAYS = ipaddress.ip_network("192.88.99.0/24")

_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=1024)
def parse(url: str) -> httpx.URL:
    """An address that may be requested over HTTP.

    Raises:
        SourceError: `address_not_allowed`: it is none, of another scheme, or holds a user name or password, which
            belong into the environment.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise SourceError(Code.ADDRESS_NOT_ALLOWED, "this is no address") from error
    if parsed.scheme not in _PORTS or not parsed.host:
        raise SourceError(Code.ADDRESS_NOT_ALLOWED, "only http and https addresses are asked")
    if parsed.userinfo:
        raise SourceError(Code.ADDRESS_NOT_ALLOWED, "an address may hold no user name or password")
    return parsed.copy_with(fragment=None) if parsed.fragment else parsed


def followed(url: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads.

    Raises:
        SourceError: `address_not_allowed`: to what `parse` refuses, or from a secure address to one that is not.
    """
    try:
        target = parse(str(url.join(location)))
    except httpx.InvalidURL as error:
        raise SourceError(Code.ADDRESS_NOT_ALLOWED, "a redirect leads to what is no address") from error
    if url.scheme == "https" and target.scheme == "http":
        raise SourceError(Code.ADDRESS_NOT_ALLOWED, "a redirect leads from https to http")
    return target


def origin(url: httpx.URL) -> str:
    """The scheme, host and port of an address."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, and not to this machine or a private network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None and ip not in _GIVEN_OUT:
            return False
        ip = inner or ip
    return ip.is_global and not ip.is_multicast and ip not in _6TO4_RELAYS
