"""Which addresses and URLs the platform calls on somebody's word: tables, and no address that slips through a wrapper."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.plan.addresses import (
    AllowedHosts,
    callback_fault,
    embedded,
    is_public,
    literal,
    refused_addresses,
    same_callback,
)

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:800::200e", "64:ff9b::808:808"]
NOT_PUBLIC = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::", "::127.0.0.1"),
]


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address(text: str):
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_nobody_is_called_at(text: str):
    assert not is_public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_no_wrapper_makes_an_ipv4_address_more_public(address: ipaddress.IPv4Address):
    wrappers = [
        ipaddress.IPv6Address(0xFFFF_0000_0000 | int(address)),
        ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | int(address)),
        ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80)),
    ]
    for wrapper in wrappers:
        assert address in embedded(wrapper)
        assert is_public(address) or not is_public(wrapper)


@given(st.ip_addresses())
def test_every_address_is_judged(address: ipaddress.IPv4Address | ipaddress.IPv6Address):
    assert is_public(address) in (True, False)


ALLOWED = AllowedHosts.read(["127.0.0.1", "10.0.0.0/8", "Receiver.Test.", "fd00::/8"])


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://customer.callback.com/goes/here", None),
        ("https://customer.callback.com:443/", None),
        ("https://customer.callback.com:80/", None),
        ("https://customer.callback.com:8443/", "port"),
        ("http://customer.callback.com/", "https"),
        ("https://127.0.0.2/", "no public address"),
        ("https://[::1]/", "no public address"),
        ("https://[fe80::1%25eth0]/", "no public address"),
        ("https://93.184.216.34/", None),
        ("http://127.0.0.1:8080/hook", None),
        ("http://10.200.3.4:1/", None),
        ("http://receiver.test:99/", None),
        ("http://RECEIVER.TEST./", None),
        ("http://not.receiver.test/", "https"),
        ("http://[fd00::1]:8080/", None),
    ],
)
def test_what_a_callback_may_be(url: str, fault: str | None):
    found = callback_fault(url, ALLOWED)
    assert (found is None) == (fault is None) and (fault or "") in (found or "")


@pytest.mark.parametrize(
    ("host", "found", "refused"),
    [
        ("a.example", ["93.184.216.34"], []),
        ("a.example", ["93.184.216.34", "10.9.9.9"], []),
        ("a.example", ["93.184.216.34", "192.168.0.1"], ["192.168.0.1"]),
        ("a.example", ["::1", "127.0.0.1"], ["::1"]),
        ("receiver.test", ["192.168.0.1"], []),
    ],
)
def test_one_address_out_of_many_is_enough_to_refuse(host: str, found: list[str], refused: list[str]):
    assert refused_addresses(host, map(ipaddress.ip_address, found), ALLOWED) == [*map(ipaddress.ip_address, refused)]


@pytest.mark.parametrize(
    "entry", ["", ".", "a b", "10.0.0.1/8", "10.0.0.0/33", "http://x", "x/8", "\u00fc.test", "a" * 254]
)
def test_an_entry_that_allows_nothing_is_refused(entry: str):
    with pytest.raises(ValueError, match="expected a host, an address or a network"):
        AllowedHosts.read([entry])


def test_a_name_is_no_address():
    assert literal("localhost") is None and literal("1.2.3") is None
    assert literal("fe80::1%eth0") == ipaddress.ip_address("fe80::1")


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://a.example", "https://A.EXAMPLE:443/", True),
        ("https://a.example./x", "HTTPS://a.example/x", True),
        ("http://a.example:80/x?y=Z", "http://a.example/x?y=Z", True),
        ("https://a.example/x?y=Z", "https://a.example/x?y=z", False),
        ("https://a.example/X", "https://a.example/x", False),
        ("https://a.example:80/", "https://a.example/", False),
        ("https://[::1]:443/", "https://[::1]/", True),
    ],
)
def test_when_two_urls_are_one_callback(one: str, other: str, is_same: bool):
    assert (same_callback(one) == same_callback(other)) is is_same
