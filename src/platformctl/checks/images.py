"""References of container images, as the OCI distribution specification and the container runtimes read them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

DEFAULT_REGISTRY = "docker.io"
_LONGEST_NAME = 255  # registry and repository together
_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?P<registry>{_HOST})/)?(?P<repository>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?"
)
_IDENTIFIER = re.compile(r"(?:sha256:)?[0-9a-f]{64}")  # the runtimes take it for the id of an image on the node


@dataclass(frozen=True)
class Reference:
    """An image by registry, repository, tag and digest; what is not said is empty."""

    registry: str
    repository: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """Registry and repository in full, the way a runtime asks for it."""
        registry = self.registry or DEFAULT_REGISTRY
        if registry == "index.docker.io":
            registry = DEFAULT_REGISTRY
        official = registry == DEFAULT_REGISTRY and "/" not in self.repository
        return f"{registry}/library/{self.repository}" if official else f"{registry}/{self.repository}"

    @property
    def floats(self) -> bool:
        """Whether it means another image tomorrow: no digest, and no tag or the one called latest."""
        return not self.digest and self.tag in ("", "latest")


@functools.lru_cache(maxsize=8192)  # a platform has few images and many containers
def parse(image: str) -> Reference | None:
    """The parts of a reference; None when it is none."""
    match = _REFERENCE.fullmatch(image)
    if match is None or _IDENTIFIER.fullmatch(image) or not _is_digest(match["digest"] or ""):
        return None
    found = {name: value or "" for name, value in match.groupdict().items()}
    host = found["registry"]
    if host and not _is_host(host):
        found |= {"registry": "", "repository": f"{host}/{found['repository']}"}
    reference = Reference(**found)
    return reference if len(reference.name) <= _LONGEST_NAME else None


def parts(image: str) -> Reference:
    """What stands where in a text that may be no reference: its name goes uninspected into the repository."""
    rest, _, digest = image.partition("@")
    folder, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    return Reference("", f"{folder}{slash}{name}", tag, digest)


def _is_host(part: str) -> bool:
    """Whether a first part is a host: anything else is a folder of the default registry."""
    return any(sign in part for sign in ".:") or part == "localhost" or part != part.lower()


def _is_digest(digest: str) -> bool:
    algorithm, _, value = digest.partition(":")
    return algorithm not in _DIGITS or (len(value) == _DIGITS[algorithm] and value == value.lower())
