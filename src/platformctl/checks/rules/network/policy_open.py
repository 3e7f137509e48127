"""Policies do not open what they are there to close: the whole internet, the cloud's metadata, the kubelets."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from platformctl.checks.network_policies import EGRESS, INGRESS, PEERS, Rule, is_policy, opens, peers, rules
from platformctl.checks.podsets import Port
from platformctl.checks.protocol import Check, Judge, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_DNS = (Port(53, "", "UDP"), Port(53, "", "TCP"))
_WEB = Port(80, "", "TCP")
_KUBELET = tuple(Port(number, "", "TCP") for number in (10250, 10255))
# AWS, Google and Azure share the first; a wide block that excepts it was thought about, and need not name the others
_METADATA = tuple(ipaddress.ip_network(address) for address in ("169.254.169.254/32", "fd00:ec2::254/128"))
_RARE = tuple(ipaddress.ip_network(address) for address in ("169.254.170.2/32", "100.100.100.200/32"))
_WIDE = 16  # a block of so many addresses was not written for the metadata service alone
_PRIVATE = tuple(ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _anywhere(direction: str) -> Judge:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        for path, rule in _rules(manifest, direction):
            if not peers(rule, direction) and not _is_dns_only(rule):
                yield Violation(path, "the rule names no peer, so it is about the whole world")
            for where, block in _blocks(path, rule, direction):
                if (network := _network(block.get("cidr"))) and not network.prefixlen and not _excepted(block):
                    yield Violation((*where, "cidr"), f"{network} is the whole world")

    return judge


def _metadata(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, rule in _rules(manifest, EGRESS):
        if not peers(rule, EGRESS) and opens(rule, _WEB):
            yield Violation(path, "the rule names no peer, so it reaches the cloud's metadata service, too")
        for where, block in _blocks(path, rule, EGRESS):
            network = _network(block.get("cidr"))
            if network and _reaches_metadata(network, block, rule):
                yield Violation((*where, "cidr"), f"{network} reaches the cloud's metadata service")


def _reaches_metadata(network: Network, block: Mapping[str, Any], rule: Rule) -> bool:
    narrow = network.max_prefixlen - network.prefixlen < _WIDE
    if not (opens(rule, _WEB) or (narrow and not _is_dns_only(rule))):
        return False
    addresses = _METADATA + (_RARE if narrow else ())
    return any(_holds(network, each) and not any(_holds(gap, each) for gap in _excepted(block)) for each in addresses)


def _kubelet(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, rule in _rules(manifest, EGRESS):
        if not any(opens(rule, port) for port in _KUBELET):
            continue
        named = bool(items(rule.get("ports")))
        if not peers(rule, EGRESS):
            yield Violation(path, "the rule names no peer, so it reaches the kubelets, too")
        for number, peer in enumerate(peers(rule, EGRESS)):
            if _may_be_node(mapping(peer), named):
                yield Violation((*path, "to", number), "this peer includes nodes, whose kubelets listen on 10250")


def _may_be_node(peer: Mapping[str, Any], named: bool) -> bool:
    if "ipBlock" not in peer:  # pods that are named by their labels may serve on the same port
        everybody = not any(mapping(peer.get("podSelector")).values())
        return named and everybody and peer.get("namespaceSelector") is not None
    block = mapping(peer.get("ipBlock"))
    network, gaps = _network(block.get("cidr")), _excepted(block)
    whole = network is not None and not network.prefixlen
    if named and not whole:
        return True
    return whole and not any(_holds(gap, private) for gap in gaps for private in _PRIVATE)


def _rules(manifest: Manifest, direction: str) -> Iterator[tuple[FieldPath, Rule]]:
    for index, rule in rules(manifest, direction) if is_policy(manifest) else ():
        yield ("spec", direction.lower(), index), rule


def _blocks(path: FieldPath, rule: Rule, direction: str) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    for number, peer in enumerate(peers(rule, direction)):
        if "ipBlock" in mapping(peer):
            yield (*path, PEERS[direction], number, "ipBlock"), mapping(peer["ipBlock"])


def _is_dns_only(rule: Rule) -> bool:
    named = items(rule.get("ports"))
    return bool(named) and all(mapping(each).get("port") == 53 and "endPort" not in each for each in named)


def _excepted(block: Mapping[str, Any]) -> list[Network]:
    return [network for each in items(block.get("except")) if (network := _network(each))]


def _network(value: object) -> Network | None:
    return _parsed(text(value))


@lru_cache(maxsize=4096)
def _parsed(value: str) -> Network | None:
    try:
        return ipaddress.ip_network(value, strict=False) if value else None
    except ValueError:
        return None


def _holds(outer: Network, inner: Network) -> bool:
    if isinstance(outer, ipaddress.IPv4Network):
        return isinstance(inner, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, ipaddress.IPv6Network) and inner.subnet_of(outer)


_JUDGES: tuple[tuple[str, Callable[[Manifest, World], Iterator[Violation]]], ...] = (
    ("network-policy-open-egress", _anywhere(EGRESS)),
    ("network-policy-open-ingress", _anywhere(INGRESS)),
    ("network-policy-metadata-api", _metadata),
    ("network-policy-kubelet", _kubelet),
)
CHECKS = tuple(Check(rule, frozenset({"NetworkPolicy"}), judge) for rule, judge in _JUDGES)
