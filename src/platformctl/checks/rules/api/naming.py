"""What names may look like: the forms that the API server accepts."""

from __future__ import annotations

import functools
import re

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
LABEL_LENGTH = 63
SUBDOMAIN_LENGTH = 253
PORT_LENGTH = 15


def label(name: str, longest: int = LABEL_LENGTH) -> str:
    """What is wrong with a DNS label; empty when nothing is."""
    if len(name) > longest:
        return f"has {len(name)} characters, {longest} are allowed"
    return "" if _LABEL.fullmatch(name) else "must be lower case letters, digits and dashes"


def subdomain(name: str, longest: int = SUBDOMAIN_LENGTH) -> str:
    """What is wrong with a DNS subdomain."""
    if len(name) > longest:
        return f"has {len(name)} characters, {longest} are allowed"
    return "" if _SUBDOMAIN.fullmatch(name) else "must be lower case letters, digits, dashes and dots"


def path_segment(name: str) -> str:
    """What is wrong with a name that only has to fit into a URL."""
    wrong = name in (".", "..") or "/" in name or "%" in name
    return "must not be . or .. and must not hold / or %" if wrong else ""


def port(name: str) -> str:
    """What is wrong with the name of a container's port."""
    if len(name) > PORT_LENGTH:
        return f"has {len(name)} characters, {PORT_LENGTH} are allowed"
    if not _LABEL.fullmatch(name) or "--" in name or not any(sign.isalpha() for sign in name):
        return "must be lower case letters, digits and single dashes, with a letter"
    return ""


@functools.lru_cache(maxsize=8192)
def qualified(key: str) -> str:
    """What is wrong with the key of a label or an annotation."""
    prefix, slash, name = key.rpartition("/")
    if slash and subdomain(prefix.lower()):
        return f"its prefix {subdomain(prefix.lower())}"
    if len(name) > LABEL_LENGTH:
        return f"its name has {len(name)} characters, {LABEL_LENGTH} are allowed"
    return "" if _QUALIFIED.fullmatch(name) else "must be letters, digits, dashes, dots and underscores"


@functools.lru_cache(maxsize=8192)
def label_value(value: str) -> str:
    """What is wrong with the value of a label."""
    if len(value) > LABEL_LENGTH:
        return f"has {len(value)} characters, {LABEL_LENGTH} are allowed"
    return "" if not value or _QUALIFIED.fullmatch(value) else "must be letters, digits, dashes, dots and underscores"
