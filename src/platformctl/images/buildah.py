"""Builds and pushes with buildah, in a store of its own; nothing stays mounted, whatever happens."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.images import pip_settings, places
from platformctl.images.isolated import ISOLATED
from platformctl.images.logged import run_logged
from platformctl.images.recipe import Recipe
from platformctl.process import Command, ToolError, run, text

BUILD_SECONDS, PUSH_SECONDS = 1800, 600
LOCAL = "localhost/techcommerce"
# part of every key: with another option the same files give another image
OPTIONS = ("--isolation=chroot", "--network=host", "--timestamp=0", "--identity-label=false", "--format=oci")
# push, pull by containerd and unpack of a 194 MB image on two busy cores: gzip level 6 4.6 + 4.0 s, gzip level 1
# 3.0 + 3.2 s and 70 MB, zstd level 3 3.2 + 3.1 s and 52 MB; buildah 1.28 cannot push uncompressed layers
COMPRESSION = "zstd"
EPOCH = "SOURCE_DATE_EPOCH=0"  # programs that write dates into files take this one

# what buildah would remember about blobs in /var/lib/containers is kept in our folder instead; the shell stays, since
# the first process of a namespace is deaf to an interrupt that it has no handler for
IN_OUR_FOLDERS = (
    "sh", "-ec", 'mkdir -p /var/lib/containers; mount --bind "$1" /var/lib/containers; shift; "$@"', "sh",
)  # fmt: skip


def tag(name: str, key: str) -> str:
    """The name of an image in the build store."""
    return f"{LOCAL}/{name}:{key}"


def is_built(name: str, key: str) -> bool:
    """Whether the build store has this very image."""
    return tag(name, key) in _names()


def build(recipe: Recipe, key: str, bases: Mapping[str, str], files: Path, *, cached: bool) -> None:
    """Build an image from the folder `files`; `bases` gives an image of the build store for each build argument."""
    arguments = [f"--build-arg={name}={image}" for name, image in sorted(bases.items())]
    volumes = _apt_caches() + (pip_settings.volumes(places.work()) if recipe.pip else [])
    log = places.log_file(recipe.name)
    log.unlink(missing_ok=True)
    run_logged(
        _buildah(
            "build", *OPTIONS, "--pull=never", "--force-rm",
            f"--layers={str(recipe.layered).lower()}", *(() if cached else ("--no-cache",)),
            f"--build-arg={EPOCH}", *arguments, *(f"--volume={volume}" for volume in volumes),
            f"--file={files / recipe.dockerfile}", f"--tag={tag(recipe.name, key)}", str(files),
            timeout=BUILD_SECONDS,
        ),
        log,
        what=f"the image {recipe.name} could not be built",
    )  # fmt: skip


def push(recipe: Recipe, key: str, destination: str) -> str:
    """Push an image of the build store and return the digest of its manifest."""
    digest_file = places.work() / f"{recipe.name}.digest"
    log = places.log_file(recipe.name)
    run_logged(
        _buildah(
            "push", "--tls-verify=false", f"--compression-format={COMPRESSION}", f"--digestfile={digest_file}",
            tag(recipe.name, key), f"docker://{destination}", timeout=PUSH_SECONDS,
        ),
        log,
        what=f"the image {recipe.name} could not be stored",
        fix=f"the registry's own output is in {places.log_file('registry')}",
    )  # fmt: skip
    return digest_file.read_text().strip()


def remove_older(name: str, key: str) -> None:
    """Forget earlier builds of an image; layers that another image uses stay."""
    for known in _names():
        if known.startswith(f"{LOCAL}/{name}:") and known != tag(name, key):
            run(_buildah("rmi", "--force", known))


def forget(name: str, key: str) -> None:
    """Remove an image from the build store; the registry's store keeps it."""
    run(_buildah("rmi", "--force", tag(name, key)))


def working_containers() -> list[str]:
    """What a build works in; between builds there are some only after a failed or killed one."""
    if not _storage().is_dir():
        return []
    return text(_buildah("containers", "--quiet")).split()


def remove_leftovers() -> None:
    """Remove the working containers."""
    if working_containers():
        run(_buildah("rm", "--all"))


def remove_unused() -> None:
    """Remove layers of earlier builds that no image uses."""
    run(_buildah("rmi", "--prune", "--force"))


def _storage() -> Path:
    return places.home() / "storage"


def _apt_caches() -> list[str]:
    # package lists and archives are fetched once for all images, and stay out of them
    caches = {"lists": "/var/lib/apt/lists", "archives": "/var/cache/apt/archives"}
    for name in caches:
        (places.home() / "apt" / name / "partial").mkdir(parents=True, exist_ok=True)
    return [f"{places.home() / 'apt' / name}:{inside}" for name, inside in caches.items()]


def _names() -> list[str]:
    if not _storage().is_dir():
        return []
    try:
        found = json.loads(text(_buildah("images", "--json")) or "[]")
        # a layer that is only kept for the next build has no name
        return [str(name) for image in found or [] for name in image.get("names") or []]
    except (ToolError, ValueError, AttributeError, TypeError) as error:
        raise PlatformError(
            "the build store of images cannot be read",
            why=error.why if isinstance(error, ToolError) else str(error),
            fix=f"remove {_storage()}: images are built again",
            exit_code=TOOL_FAILURE,
        ) from error


def _buildah(*words: str, timeout: float = 300) -> Command:
    blobs = places.home() / "blobs"
    temporary = places.temporary()
    for folder in (blobs, temporary, places.work()):
        folder.mkdir(parents=True, exist_ok=True)
    storage = _storage()
    return Command(
        (
            *ISOLATED, *IN_OUR_FOLDERS, str(blobs), "buildah", f"--root={storage / 'root'}",
            f"--runroot={storage / 'run'}", "--storage-driver=overlay", *words,
        ),
        env={
            "TMPDIR": str(temporary),
            # the machine's own settings of buildah are for its own images
            "CONTAINERS_CONF": os.devnull,
            "CONTAINERS_STORAGE_CONF": os.devnull,
            "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1"])),
        },
        timeout=timeout,
    )  # fmt: skip
