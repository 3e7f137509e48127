"""Recipes with their keys."""

from __future__ import annotations

from dataclasses import dataclass

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.images import places
from platformctl.images.catalogue import Inputs, base_recipe, recipe
from platformctl.images.fingerprint import Fingerprints
from platformctl.images.key import key
from platformctl.images.recipe import Recipe
from platformctl.repo import Repo


@dataclass(frozen=True)
class Wanted:
    """A recipe and the key of what it makes."""

    recipe: Recipe
    key: str


class Plan:
    """The keys of images, from the files as they are now; each file is hashed once."""

    def __init__(self, repo: Repo, inputs: Inputs) -> None:
        self._repo = repo
        self._inputs = inputs
        self._fingerprints = Fingerprints(places.home() / "fingerprints.json")
        self._bases: dict[str, Wanted] = {}

    def wanted(self, names: list[str]) -> list[Wanted]:
        """The images with their keys."""
        found = [self._keyed(recipe(self._repo, name, self._inputs)) for name in names]
        self._fingerprints.save()
        return found

    def base(self, name: str) -> Wanted:
        """A base with its key."""
        if name not in self._bases:
            self._bases[name] = self._keyed(base_recipe(self._repo, name))
        return self._bases[name]

    def _keyed(self, wanted: Recipe) -> Wanted:
        bases = {argument: self.base(name).key for argument, name in wanted.bases.items()}
        return Wanted(wanted, key(wanted, bases, self._fingerprints))

    def check_unchanged(self, image: Wanted) -> None:
        """An error when a file is another one than when the key was made: the index must not call it built."""
        if self._keyed(image.recipe).key != image.key:
            raise PlatformError(
                f"files of the image {image.recipe.name} changed while it was built",
                fix="run the command again",
                exit_code=TOOL_FAILURE,
            )
