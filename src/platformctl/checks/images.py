"""References of container images, as the OCI distribution specification writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?:(?P<registry>{_HOST})/)?(?P<repository>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?"
)


@dataclass(frozen=True)
class Reference:
    """An image by registry, repository, tag and digest; what is not said is empty."""

    registry: str
    repository: str
    tag: str
    digest: str


def parse(image: str) -> Reference | None:
    """The parts of a reference; None when it is none."""
    match = _REFERENCE.fullmatch(image)
    if match is None:
        return None
    parts = {name: value or "" for name, value in match.groupdict().items()}
    host = parts["registry"]
    if host and not (any(sign in host for sign in ".:") or host == "localhost"):
        # without a dot or a port the first part is no host but a folder of the default registry
        parts |= {"registry": "", "repository": f"{host}/{parts['repository']}"}
    return Reference(**parts)
