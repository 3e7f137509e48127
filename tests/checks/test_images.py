"""Image references, as registries understand them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platformctl.checks.images import Reference, parse, parts

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
        ("registry:5000", Reference("", "registry", "5000", "")),
        ("localhost:5000", Reference("", "localhost", "5000", "")),
        ("localhost", Reference("", "localhost", "", "")),
        ("Registry/web", Reference("Registry", "web", "", "")),  # a folder has no upper case, so it is a host
        ("REGISTRY.Example:5000/web:V1.0", Reference("REGISTRY.Example:5000", "web", "V1.0", "")),
        ("shop_2.0/web__api--v1:1", Reference("", "shop_2.0/web__api--v1", "1", "")),
        ("b.gcr.io/test.example/web:test.example", Reference("b.gcr.io", "test.example/web", "test.example", "")),
        (f"web:{'t' * 128}", Reference("", "web", "t" * 128, "")),
        (f"web@sha512:{'0a' * 64}", Reference("", "web", "", f"sha512:{'0a' * 64}")),
        ("Web", None),
        ("shop/Web", None),
        ("registry.example/Web", None),
        (f"web:{'t' * 129}", None),
        ("web:.1", None),
        ("web:-1", None),
        ("registry..example/web", None),
        ("-registry.example/web", None),
        ("registry.example:/web", None),
        ("registry.example:port/web", None),
        ("shop//web", None),
        ("shop/", None),
        ("/web", None),
        ("_web", None),
        ("web_", None),
        ("web___api", None),
        ("web@", None),
        (f"web@{DIGEST}:1", None),
        (f"web@{DIGEST.upper()}", None),
        (f"web@sha256:{'0A' * 32}", None),
        (f"web@sha256:{'0a' * 31}", None),
        (f"web@sha256:{'0a' * 33}", None),
        (f"web@sha256:{'0g' * 32}", None),
        (DIGEST, None),  # a runtime takes that for the id of an image
        ("0a" * 32, None),
        (f"@{DIGEST}", None),
        (f"registry.example/{'a' * 255}", None),
        ("wéb", None),
        ("web\n", None),
        ("$IMAGE", None),
        ("{{ .image }}", None),
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


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx", "docker.io/library/nginx"),
        ("docker.io/nginx", "docker.io/library/nginx"),
        ("index.docker.io/library/nginx", "docker.io/library/nginx"),
        ("shop/web", "docker.io/shop/web"),
        ("localhost/web", "localhost/web"),
        ("ghcr.io/shop/web:1", "ghcr.io/shop/web"),
    ],
)
def test_full_name(image: str, name: str) -> None:
    """What a runtime asks for, whatever is left out."""
    reference = parse(image)

    assert reference
    assert reference.name == name


@pytest.mark.parametrize("image", ["a-" * 20_000 + "!", "a." * 20_000 + "!", "a/" * 20_000 + "!", "a" * 50_000 + ":!"])
def test_long_rubbish_is_refused_at_once(image: str) -> None:
    """No text makes the pattern go back and forth."""
    began = time.process_time()

    assert parse(image) is None
    assert time.process_time() - began < 1


@given(st.text(alphabet="aA0.:/@-_[]$ ", max_size=40))
def test_valid_references_are_told_apart_like_any_text(image: str) -> None:
    """Where both know what is tag and digest, they agree; put together again it is the same text."""
    reference = parse(image)
    if reference:
        loose = parts(image)
        assert (reference.tag, reference.digest) == (loose.tag, loose.digest)
        tag, digest = reference.tag and f":{reference.tag}", reference.digest and f"@{reference.digest}"
        host = reference.registry and f"{reference.registry}/"
        assert f"{host}{reference.repository}{tag}{digest}" == image
