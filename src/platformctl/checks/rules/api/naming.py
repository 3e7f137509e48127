"""What names may look like: the forms that the API server accepts."""

from __future__ import annotations

import re

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
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
