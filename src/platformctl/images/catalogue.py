"""Every image by name: bases, third-party images and the services of the checkout."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.images import context, places
from platformctl.images.recipe import Copied, Recipe
from platformctl.images.thirdparty import THIRD_PARTY, ThirdParty, image_tag
from platformctl.repo import Repo

SERVICE_REPOSITORY = "ghcr.io/techcommerce"
BASES: Mapping[str, Mapping[str, str]] = {
    "debian": {},
    "static": {"DEBIAN": "debian"},
    "python": {"DEBIAN": "debian"},
}
SERVICE_BASES = {"BUILDER": "debian", "RUNTIME": "python"}
TOOL = "platformctl"  # this program itself, for what runs it on a cluster


@dataclass(frozen=True)
class Inputs:
    """What the caller knows: built programs, files kept from their modules, versions, and tags of services."""

    programs: Mapping[str, Path]
    share: Callable[[str], Path]  # tool -> folder
    versions: Callable[[str], str]  # tool -> version of its module
    tags: Mapping[str, str] = field(default_factory=dict)


def services(repo: Repo) -> list[str]:
    """The services of the checkout that have a Dockerfile."""
    return sorted(path.parent.name for path in (repo.root / "services").glob("*/Dockerfile"))


def public_names(repo: Repo) -> list[str]:
    """The images that are pushed, in the order they are built in."""
    return [*(image.name for image in THIRD_PARTY), *([TOOL] if _tool_folder(repo).is_dir() else []), *services(repo)]


def without_programs(repo: Repo) -> list[str]:
    """The images that hold no program of a tool: they can be built before any of those."""
    return [image.name for image in THIRD_PARTY if not image.tool] + services(repo)


def select(repo: Repo, names: Iterable[str] | None) -> list[str]:
    """The wanted images in order; all without names. An error lists what there is."""
    known = public_names(repo)
    if names is None:
        return known
    wanted = set(names)
    unknown = sorted(wanted - set(known))
    if unknown:
        raise PlatformError(f"no such image: {', '.join(unknown)}", fix=f"one of {', '.join(known)}")
    return [name for name in known if name in wanted]


def base_recipe(repo: Repo, name: str) -> Recipe:
    """A stand-in for a public base image."""
    folder = repo.root / "tools" / "images" / name
    files = tuple(context.sources(folder))
    if name == "debian":
        files += (Copied("rootfs.tar", places.rootfs()),)
    return Recipe(name, "", files, BASES[name])


def recipe(repo: Repo, name: str, inputs: Inputs) -> Recipe:
    """The recipe of an image that is pushed."""
    for image in THIRD_PARTY:
        if image.name == name:
            return _third_party(repo, image, inputs)
    return _tool(repo, inputs) if name == TOOL else _service(repo, name, inputs)


def _third_party(repo: Repo, image: ThirdParty, inputs: Inputs) -> Recipe:
    files = list(context.sources(repo.root / "tools" / "images" / image.name))
    files += [Copied(f"programs/{program}", _program(inputs, program)) for program in image.programs]
    if image.share:
        shared = inputs.share(image.tool)
        files += [Copied(f"programs/{Path(path).name}", shared / path) for path in image.share]
    tag = image_tag(image, inputs.versions(image.tool) if image.tool else "")
    return Recipe(image.name, f"{image.repository}:{tag}", tuple(files), {image.base.upper(): image.base})


def _program(inputs: Inputs, name: str) -> Path:
    path = inputs.programs.get(name)
    if path is None or not path.is_file():
        raise PlatformError(
            f"the program {name} is not built, and an image needs it", fix="run `platformctl tools` (or `make tools`)"
        )
    return path


def _tool_folder(repo: Repo) -> Path:
    return repo.root / "tools" / "images" / TOOL


def _tool(repo: Repo, inputs: Inputs) -> Recipe:
    files = [
        *context.sources(_tool_folder(repo)),
        Copied("requirements.txt", repo.root / "requirements" / f"{TOOL}.txt"),
        *context.sources(repo.root / "src", "src"),
    ]
    tag = inputs.tags.get(TOOL) or _version(repo.root / "pyproject.toml")
    return Recipe(TOOL, f"{SERVICE_REPOSITORY}/{TOOL}:{tag}", tuple(files), SERVICE_BASES, pip=True, layered=True)


def _service(repo: Repo, name: str, inputs: Inputs) -> Recipe:
    root = repo.root / "services"
    # only what the Dockerfile asks for, so that no base is built in vain
    asked = re.findall(r"^ARG (\w+)", (root / name / "Dockerfile").read_text(), re.MULTILINE)
    files = [*context.sources(root / "chassis", "chassis"), *context.sources(root / name, name)]
    return Recipe(
        name,
        f"{SERVICE_REPOSITORY}/{name}:{inputs.tags.get(name) or _version(root / name / 'pyproject.toml')}",
        tuple(files),
        {argument: base for argument, base in SERVICE_BASES.items() if argument in asked},
        dockerfile=f"{name}/Dockerfile",
        pip=True,
        layered=True,
    )


def _version(path: Path) -> str:
    try:
        return str(tomllib.loads(path.read_text())["project"]["version"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise PlatformError(f"no version in {path}", why=f"{type(error).__name__}: {error}") from error
