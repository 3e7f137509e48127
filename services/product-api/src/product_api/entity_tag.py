"""Entity tags: what a client has seen, and what it may overwrite (RFC 9110, 8.8.3 and 13.1.1)."""

import re
from hashlib import blake2b

from chassis.problem import Problem

TAGS = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W/)?"[\x21\x23-\x7e]*")*')
VERSION = re.compile(r'(?<!W/)"([0-9]{1,9})(?:\.[0-9a-f]+)?"')


def tag_of(body: bytes, version: int | None = None) -> str:
    """The strong tag of a body, quoted; that of a product begins with its version.

    Stock is in the body and not in the version: a sale changes the tag, and yet stops nobody from editing.
    """
    digest = blake2b(body, digest_size=8).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def versions_of(if_match: str | None) -> frozenset[int] | None:
    """The versions that an If-Match header names, None for `*`; a Problem of 428 without one, of 400 for no tags.

    Weak tags and those of something else name no version, so they match none.
    """
    if if_match is None:
        raise Problem(428, "Send If-Match with the ETag of the product as you have seen it, so that no change is lost.")
    if if_match.strip() == "*":
        return None
    if not TAGS.fullmatch(if_match.strip()):
        raise Problem(400, 'If-Match must be an ETag as the product came with, such as "3", or *.')
    return frozenset(map(int, VERSION.findall(if_match)))
