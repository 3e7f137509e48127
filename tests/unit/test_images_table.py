"""The table of third-party images against the folders and the pinned tools that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.images import catalogue
from platformctl.images.catalogue import BASES
from platformctl.images.store import Reference
from platformctl.images.thirdparty import THIRD_PARTY, ThirdParty, image_tag
from platformctl.repo import Repo
from platformctl.tools.catalogue import load

REPO = Repo.find(Path(__file__).parent)
FOLDERS = {path.parent.name for path in (REPO.root / "tools" / "images").glob("*/Dockerfile")}


def test_every_folder_is_in_the_table_and_the_other_way_round() -> None:
    assert {image.name for image in THIRD_PARTY} | set(BASES) | {catalogue.TOOL} == FOLDERS
    assert len({image.name for image in THIRD_PARTY}) == len(THIRD_PARTY)


@pytest.mark.parametrize("image", THIRD_PARTY, ids=lambda image: str(image.name))
def test_programs_and_versions_come_from_a_pinned_tool(image: ThirdParty) -> None:
    tools = load(REPO)
    assert bool(image.tag) != bool(image.tool)
    known = {name for tool in tools.values() for name in tool.programs.values()}
    assert set(image.programs) <= known
    if image.tool:
        assert set(image.share) <= set(tools[image.tool].share)
        assert set(image.programs) & set(tools[image.tool].programs.values())


@pytest.mark.parametrize("image", THIRD_PARTY, ids=lambda image: str(image.name))
def test_a_dockerfile_takes_its_base_and_its_programs(image: ThirdParty) -> None:
    dockerfile = (REPO.root / "tools" / "images" / image.name / "Dockerfile").read_text()
    assert re.search(rf"^ARG {image.base.upper()}=", dockerfile, re.MULTILINE)
    assert f"FROM ${{{image.base.upper()}}}" in dockerfile
    for program in image.programs:
        assert f"programs/{program}" in dockerfile or "COPY programs/ " in dockerfile


def test_services_are_found_with_their_version_as_tag() -> None:
    inputs = catalogue.Inputs({}, lambda tool: REPO.root, lambda tool: "v0", {"frontend": "9.9.9"})
    assert {"frontend", "order-api", "product-api"} <= set(catalogue.services(REPO))
    assert catalogue.recipe(REPO, "frontend", inputs).reference == "ghcr.io/techcommerce/frontend:9.9.9"
    assert re.fullmatch(
        r"ghcr\.io/techcommerce/order-api:\d+\.\d+\.\d+", catalogue.recipe(REPO, "order-api", inputs).reference
    )


def test_a_service_is_built_on_stand_ins_only() -> None:
    inputs = catalogue.Inputs({}, lambda tool: REPO.root, lambda tool: "v0")
    for name in catalogue.services(REPO):
        recipe = catalogue.recipe(REPO, name, inputs)
        dockerfile = (REPO.root / "services" / name / "Dockerfile").read_text()
        stages = set(re.findall(r"^FROM .* AS (\S+)", dockerfile, re.MULTILINE))
        for source in re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE):
            assert source in stages or source.strip("${}") in recipe.bases


def test_this_program_is_an_image_of_its_sources_on_stand_ins_only() -> None:
    """Its tag is its version, and every base of its Dockerfile is one that is built here."""
    inputs = catalogue.Inputs({}, lambda tool: REPO.root, lambda tool: "v0")
    recipe = catalogue.recipe(REPO, catalogue.TOOL, inputs)
    dockerfile = (REPO.root / "tools" / "images" / catalogue.TOOL / "Dockerfile").read_text()
    targets = {file.target for file in recipe.files}

    assert re.fullmatch(r"ghcr\.io/techcommerce/platformctl:\d+\.\d+\.\d+", recipe.reference)
    assert {"Dockerfile", "requirements.txt", "src/platformctl/undo/service.py"} <= targets
    sources = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    assert {source.strip("${}") for source in sources} == set(recipe.bases)


def test_prometheus_is_tagged_by_its_program_version() -> None:
    image = next(image for image in THIRD_PARTY if image.name == "prometheus")
    assert image_tag(image, "v0.316.0") == "v3.16.0"
    assert image_tag(image, "v0.305.1") == "v3.5.1"


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(PlatformError, match="no such image: nope") as caught:
        catalogue.select(REPO, ["nope", "pause"])
    assert "frontend" in caught.value.fix


def test_a_missing_program_says_how_to_build_it() -> None:
    inputs = catalogue.Inputs({}, lambda tool: REPO.root, lambda tool: "v0")
    with pytest.raises(PlatformError, match="traefik is not built") as caught:
        catalogue.recipe(REPO, "traefik", inputs)
    assert "platformctl tools" in caught.value.fix


def test_references_lose_their_host() -> None:
    parsed = Reference.parse("public.ecr.aws/docker/library/redis:8.10.1-alpine")
    assert (parsed.repository, parsed.tag) == ("docker/library/redis", "8.10.1-alpine")
    with pytest.raises(ValueError, match="not host/repository:tag"):
        Reference.parse("redis")
