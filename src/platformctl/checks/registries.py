"""Where images may come from: policy/registries.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platformctl import manifests
from platformctl.checks.images import Reference
from platformctl.errors import PlatformError
from platformctl.repo import Repo

FILE = "policy/registries.yaml"
_KEYS = ("trusted", "retired")


@dataclass(frozen=True)
class Registries:
    """Beginnings of full image names: those that are trusted, and those that are gone with what took their place."""

    trusted: tuple[str, ...] = ()
    retired: Mapping[str, str] = field(default_factory=dict, hash=False)

    def trust(self, reference: Reference) -> bool:
        """Whether an image comes from somebody who is trusted."""
        return _comparable(reference).startswith(self.trusted)

    def successor(self, reference: Reference) -> str:
        """What took the place of an image's registry; nothing when that is still there."""
        name = _comparable(reference)
        return next((new for old, new in self.retired.items() if name.startswith(old)), "")


def _comparable(reference: Reference) -> str:
    host, _, repository = reference.name.partition("/")
    return f"{host.lower()}/{repository}"  # hosts know no upper case


def load(repo: Repo) -> Registries:
    """The registries of a checkout; a file that names none is an error."""
    content = manifests.load(repo.root / FILE, FILE)
    if not isinstance(content, dict) or set(content) != set(_KEYS):
        raise PlatformError(f"{FILE} has the keys {', '.join(_KEYS)} and no others")
    trusted, retired = content["trusted"], content["retired"]
    if not isinstance(trusted, list) or not trusted or not isinstance(retired, dict):
        raise PlatformError(f"{FILE}: trusted is a list that is not empty, and retired a mapping")
    for beginning in (*trusted, *retired):
        # without the slash ghcr.io/techcommerce would trust ghcr.io/techcommerce-mirror
        if not isinstance(beginning, str) or not beginning.endswith("/") or beginning != beginning.lower():
            raise PlatformError(f"{FILE}: {beginning!r} is no beginning of image names in lower case that ends in /")
    return Registries(tuple(trusted), {old: str(new) for old, new in retired.items()})
