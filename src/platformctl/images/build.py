"""Builds what is missing into the image store; the only entry for others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.images import buildah, context, index, places, preflight
from platformctl.images.catalogue import Inputs, select, without_programs
from platformctl.images.debian import make_rootfs
from platformctl.images.plan import Plan, Wanted
from platformctl.images.registry import serving
from platformctl.images.store import Reference, stored_size
from platformctl.images.workplace import clean
from platformctl.repo import Repo
from platformctl.tools import catalogue as tools
from platformctl.tools import programs as built
from platformctl.tools.lock import held


@dataclass(frozen=True)
class Image:
    """An image in the store; `seconds` is what building and storing it took, 0 when it was there."""

    name: str
    reference: str
    digest: str
    size: int
    key: str
    built: bool
    seconds: float


def build_missing(
    repo: Repo,
    console: Console,
    *,
    programs: Mapping[str, Path],
    names: Iterable[str] | None = None,
    tags: Mapping[str, str] | None = None,
    share: Callable[[str], Path] | None = None,
    force: bool = False,
) -> dict[str, Image]:
    """Build the images that are not in the store yet, all or those of `names`; an interrupted call is resumed.

    `programs` maps the name of a Go program to its file (`registry` is one of them), `tags` a service to its tag
    (without: its version), `share` a tool to the files kept from its module.
    """
    wanted = select(repo, names)
    versions = tools.load(repo)
    inputs = Inputs(
        programs, share or (lambda tool: built.share(repo, tool)), lambda tool: versions[tool].version, tags or {}
    )
    if places.rootfs().is_file() and not force:
        found = _stored(Plan(repo, inputs).wanted(wanted), _record(console))
        if len(found) == len(wanted):
            return found
    preflight.check_machine()
    with held(places.home() / "lock", console, "builds images"), clean():
        return _build(repo, console, inputs, wanted, force=force, fresh_base=force and names is None)


def prepare(repo: Repo, console: Console) -> None:
    """Build what needs no Go program (bases, services, databases), while those are being built; nothing is stored."""
    preflight.check_machine()
    with held(places.home() / "lock", console, "builds images"), clean():
        preflight.check_space(places.home(), 1, with_base=not places.rootfs().is_file())
        if not places.rootfs().is_file():
            make_rootfs(console)
        plan = Plan(repo, Inputs({}, lambda tool: built.share(repo, tool), lambda tool: ""))
        for image in plan.wanted(without_programs(repo)):
            with console.step(f"layers of the image {image.recipe.name}"):
                _ensure_built(plan, image, force=False)


def digests(names: Iterable[str] | None = None) -> dict[str, str]:
    """Name -> digest of what the store has, built earlier; an error for a name that it has not."""
    entries = index.read(places.index_file())
    wanted = list(entries) if names is None else list(names)
    store = places.registry_store()
    missing = [
        name
        for name in wanted
        if name not in entries or stored_size(store, entries[name].reference, entries[name].digest) is None
    ]
    if missing:
        raise PlatformError(f"images are not built: {', '.join(missing)}", fix="run `platformctl images`")
    return {name: entries[name].digest for name in wanted}


def _build(
    repo: Repo, console: Console, inputs: Inputs, names: list[str], *, force: bool, fresh_base: bool
) -> dict[str, Image]:
    entries = _record(console)
    bootstrap = fresh_base or not places.rootfs().is_file()
    preflight.check_space(places.home(), len(names) if force else 1, with_base=bootstrap)
    if bootstrap:
        make_rootfs(console)
    plan = Plan(repo, inputs)
    wanted = plan.wanted(names)
    found = {} if force else _stored(wanted, entries)
    missing = [image for image in wanted if image.recipe.name not in found]
    preflight.check_space(places.home(), len(missing), with_base=False)
    with ExitStack() as stack:
        address = ""
        for image in missing:
            began = time.monotonic()
            with console.step(f"image {image.recipe.reference}"):
                _ensure_built(plan, image, force=force)
                if not address:
                    program = inputs.programs.get("registry")
                    if program is None:
                        raise PlatformError("the program registry is not built", fix="run `platformctl tools registry`")
                    address = stack.enter_context(serving(program, places.registry_store()))
                entry = _push(image, address)
                if not image.recipe.layered:  # nothing of it makes its next build quicker
                    buildah.forget(image.recipe.name, image.key)
            entries[image.recipe.name] = entry
            index.write(places.index_file(), entries)
            found[image.recipe.name] = _image(image.recipe.name, entry, time.monotonic() - began)
    if fresh_base:
        buildah.remove_unused()
    return {name: found[name] for name in names}


def _ensure_built(plan: Plan, image: Wanted, *, force: bool) -> None:
    bases = {}
    for argument, name in image.recipe.bases.items():
        base = plan.base(name)
        if not buildah.is_built(name, base.key):
            _ensure_built(plan, base, force=False)
        bases[argument] = buildah.tag(name, base.key)
    if force or not buildah.is_built(image.recipe.name, image.key):
        with context.laid_out(image.recipe.files, places.work() / image.recipe.name) as folder:
            plan.check_unchanged(image)
            buildah.build(image.recipe, image.key, bases, folder, cached=not force)
        buildah.remove_older(image.recipe.name, image.key)


def _push(image: Wanted, address: str) -> index.Entry:
    reference = image.recipe.reference
    parsed = Reference.parse(reference)
    digest = buildah.push(image.recipe, image.key, f"{address}/{parsed.repository}:{parsed.tag}")
    size = stored_size(places.registry_store(), reference, digest)
    if size is None:
        raise PlatformError(
            f"the registry took {reference} but its store lacks parts of it",
            fix=f"remove {places.registry_store()} and {places.home() / 'blobs'}, then run the command again",
            exit_code=TOOL_FAILURE,
        )
    return index.Entry(reference, digest, size, image.key)


def _record(console: Console) -> dict[str, index.Entry]:
    try:
        return index.read(places.index_file())
    except PlatformError as error:
        console.line(f"  ! {error.what}: it is written anew ({error.why})")
        return {}


def _stored(wanted: list[Wanted], entries: Mapping[str, index.Entry]) -> dict[str, Image]:
    """The wanted images that were built from the same content and lie in the store."""
    found = {}
    for image in wanted:
        name = image.recipe.name
        entry = entries.get(name)
        if entry is None or (entry.key, entry.reference) != (image.key, image.recipe.reference):
            continue
        if stored_size(places.registry_store(), entry.reference, entry.digest) is not None:
            found[name] = _image(name, entry, 0.0)
    return found


def _image(name: str, entry: index.Entry, seconds: float) -> Image:
    return Image(name, entry.reference, entry.digest, entry.size, entry.key, seconds > 0, seconds)
