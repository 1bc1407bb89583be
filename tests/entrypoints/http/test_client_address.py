"""Whose address counts: what somebody trusted saw, never what a caller claims."""

from typing import Any

import pytest

from learnx.entrypoints.http.client_address import client_address

PEER = "192.0.2.7"


def scope(*forwarded: str, peer: str | None = PEER) -> Any:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (peer, 1) if peer else None, "headers": headers}


def test_without_proxies_the_header_counts_for_nothing() -> None:
    assert client_address(scope("198.51.100.1"), 0) == PEER


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, ["203.0.113.9"], "203.0.113.9"),
        (1, ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        (2, ["6.6.6.6, 203.0.113.9, 10.0.0.1"], "203.0.113.9"),
        (2, ["6.6.6.6", "203.0.113.9", "10.0.0.1"], "203.0.113.9"),
        (1, ["203.0.113.9:4711"], "203.0.113.9"),
        (1, ["[2001:db8:1:2:3::4]:4711"], "2001:db8:1:2::/64"),
    ],
)
def test_each_trusted_proxy_is_one_from_the_right(proxies: int, forwarded: list[str], address: str) -> None:
    assert client_address(scope(*forwarded), proxies) == address


@pytest.mark.parametrize(("proxies", "forwarded"), [(1, []), (2, ["203.0.113.9"])])
def test_who_came_past_the_proxies_is_the_peer(proxies: int, forwarded: list[str]) -> None:
    assert client_address(scope(*forwarded), proxies) == PEER


def test_all_of_an_ipv6_network_are_one_and_ipv4_within_ipv6_is_ipv4() -> None:
    first, second = (client_address(scope(peer=f"2001:db8:1:2::{last}"), 0) for last in ("1", "ffff"))
    assert first == second == "2001:db8:1:2::/64"
    assert client_address(scope(peer="2001:db8:1:3::1"), 0) != first
    assert client_address(scope(peer="::ffff:192.0.2.7"), 0) == PEER


@pytest.mark.parametrize("claimed", ["", "unknown", "203.0.113.9; drop", "a" * 10_000, "[", "fe80::1%eth0%x\x00"])
def test_what_is_no_address_is_nobody_in_particular(claimed: str) -> None:
    assert client_address(scope(claimed), 1) in ("local", "fe80::/64")


def test_a_socket_without_an_address_has_one_name() -> None:
    assert client_address(scope(peer=None), 0) == "local"
