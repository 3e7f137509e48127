"""The key of an image: a hash of everything that goes into it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from platformctl.images import buildah, context
from platformctl.images.fingerprint import Fingerprints
from platformctl.images.recipe import Recipe

LENGTH = 32  # hexadecimal digits; it is also a tag in the build store


def key(recipe: Recipe, bases: Mapping[str, str], fingerprints: Fingerprints) -> str:
    """Hash the context, the Dockerfile in it, the keys of the bases and the options of the build.

    The reference is no part of it: the same content under another tag is pushed again, not built again.
    """
    content = {
        "files": sorted(
            (file.target, fingerprints.of(file.origin), context.mode(file.origin)) for file in recipe.files
        ),
        "dockerfile": recipe.dockerfile,
        "bases": dict(bases),
        "options": [*buildah.OPTIONS, buildah.EPOCH, buildah.COMPRESSION, recipe.layered],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:LENGTH]
