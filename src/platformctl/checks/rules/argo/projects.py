"""What an AppProject permits: the patterns of Argo CD."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.manifests import items, mapping, text


def permits_repository(project: Mapping[str, Any], repository: str) -> bool:
    """Whether sources may come from a repository; a pattern with `!` that matches forbids."""
    permitted = False
    for pattern in (text(each) for each in items(project.get("sourceRepos"))):
        if pattern.startswith("!"):
            if _like(_plain(pattern[1:]), _plain(repository), separator="/"):
                return False
        elif pattern == "*" or _like(_plain(pattern), _plain(repository), separator="/"):
            permitted = True
    return permitted


def permits_destination(project: Mapping[str, Any], server: str, name: str, namespace: str) -> bool:
    """Whether objects may go to a namespace of a cluster; one known by its name alone is not held against servers."""
    permitted = False
    for entry in (mapping(each) for each in items(project.get("destinations"))):
        to_server, to_name, inside = text(entry.get("server")), text(entry.get("name")), text(entry.get("namespace"))
        on_cluster = bool(server and _matches(to_server, server)) or bool(name and _matches(to_name, name))
        on_cluster = on_cluster or bool(not server and to_server)
        here = _matches(inside, namespace)
        if on_cluster and here:
            permitted = True
        elif (here and _forbids(to_server, to_name, server, name)) or (on_cluster and inside.startswith("!")):
            return False
    return permitted


def _forbids(to_server: str, to_name: str, server: str, name: str) -> bool:
    by_server = bool(server) and to_server.startswith("!") and not _matches(to_server, server)
    return by_server or (bool(name) and to_name.startswith("!") and not _matches(to_name, name))


def permits_kind(project: Mapping[str, Any], group: str, kind: str, name: str, *, namespaced: bool) -> bool:
    """Whether objects of a kind may be deployed; outside of namespaces only what is listed."""
    scope = "namespace" if namespaced else "cluster"
    allowed, denied = project.get(f"{scope}ResourceWhitelist"), project.get(f"{scope}ResourceBlacklist")
    listed = any(_is(entry, group, kind, name) for entry in _entries(allowed))
    if namespaced and allowed is None:
        listed = True
    return listed and not any(_is(entry, group, kind, name) for entry in _entries(denied))


def _entries(value: object) -> Iterator[Mapping[str, Any]]:
    return (mapping(each) for each in items(value))


def _is(entry: Mapping[str, Any], group: str, kind: str, name: str) -> bool:
    named = text(entry.get("name"))
    fits = _like(text(entry.get("group")), group) and _like(text(entry.get("kind")), kind)
    return fits and (not named or _like(named, name))


def _matches(pattern: str, value: str) -> bool:
    return not _like(pattern[1:], value) if pattern.startswith("!") else _like(pattern, value)


def _plain(repository: str) -> str:
    """An address as Argo CD compares it: without case, user, protocol of SSH and ending."""
    address = repository.strip().lower().removesuffix("/").removesuffix(".git")
    address = re.sub(r"^ssh://", "", address)
    if not re.match(r"^[a-z]+://", address):
        address = address.rpartition("@")[2].replace(":", "/", 1) if "@" in address else address
    return address


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str, separator: str) -> re.Pattern[str]:
    one = f"[^{re.escape(separator)}]" if separator else "."
    result, index = "", 0
    while index < len(pattern):
        if pattern.startswith("**", index):
            result, index = result + ".*", index + 2
            continue
        sign = pattern[index]
        result += {"*": f"{one}*", "?": one}.get(sign, re.escape(sign))
        index += 1
    return re.compile(result, re.DOTALL)


def _like(pattern: str, value: str, separator: str = "") -> bool:
    return pattern == "*" or bool(_compiled(pattern, separator).fullmatch(value))
