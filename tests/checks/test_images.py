"""Image references, as registries understand them."""

from __future__ import annotations

import pytest

from platformctl.checks.images import Reference, parse

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx", Reference("", "nginx", "", "")),
        ("library/nginx:1.29", Reference("", "library/nginx", "1.29", "")),
        ("localhost/web", Reference("localhost", "web", "", "")),
        ("registry:5000/web", Reference("registry:5000", "web", "", "")),
        ("registry.example:5000/a/b/web:v1", Reference("registry.example:5000", "a/b/web", "v1", "")),
        (f"ghcr.io/shop/web:1.0@{DIGEST}", Reference("ghcr.io", "shop/web", "1.0", DIGEST)),
        (f"web@{DIGEST}", Reference("", "web", "", DIGEST)),
        ("[::1]:5000/web:1", Reference("[::1]:5000", "web", "1", "")),
        ("Web", None),
        ("web:", None),
        ("web:1:2", None),
        ("web@sha256:12", None),
        ("https://registry.example/web", None),
        ("", None),
        (" web", None),
    ],
)
def test_parse(image: str, expected: Reference | None) -> None:
    """Registry, repository, tag and digest; or nothing at all."""
    assert parse(image) == expected
