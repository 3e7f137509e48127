"""Builds the Go programs that are missing, two at a time, in caches that are removed afterwards."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import Command, ToolError, command, run, started, text, wait
from platformctl.repo import Repo, cache_folder
from platformctl.tools.catalogue import Tool, load, sources
from platformctl.tools.lock import held
from platformctl.tools.modules import build_environment, module_folder

AT_ONCE = 2
REPORT_SECONDS = 30
BUILD_SECONDS = 3600
SPACE_BASE, SPACE_PER_TOOL = 4, 2  # GB that the caches need: measured 14 GB for all sixteen
LONGEST_FIRST = ("kubernetes", "argo-cd", "traefik", "gitea", "argo-rollouts")


def build_missing(repo: Repo, console: Console, names: Iterable[str] = ()) -> list[Tool]:
    """Build what is not there yet and return every wanted tool; an interrupted call is continued by the next."""
    tools = load(repo)
    unknown = sorted(set(names) - set(tools))
    if unknown:
        raise PlatformError(f"no such tool: {', '.join(unknown)}", fix=f"one of {', '.join(tools)}")
    wanted = [tools[name] for name in sorted(set(names) or set(tools), key=_order)]
    if not all(tool.built for tool in wanted):
        with held(cache_folder() / "build.lock", console, "builds tools"):
            _bring(repo, console, [tool for tool in wanted if not tool.built])
    return wanted


def _bring(repo: Repo, console: Console, missing: list[Tool]) -> None:
    if not missing:  # the run that was waited for has built them
        return
    _check_space(len(missing))
    with console.step(f"build {len(missing)} tools: {', '.join(tool.name for tool in missing)}"):
        _build_all(repo, console, missing)
    remove_caches(repo)


def remove_caches(repo: Repo) -> None:
    """Remove Go's build and module caches; the latter is read-only, so Go itself clears it."""
    environment = build_environment(repo)
    if not Path(environment["GOMODCACHE"]).parent.is_dir():
        return
    run(command(f"{environment['GOROOT']}/bin/go", "clean", "-modcache", timeout=600, env=environment))
    shutil.rmtree(cache_folder() / "build")


def _order(name: str) -> tuple[int, str]:
    return (LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST), name)


def _check_space(count: int) -> None:
    needed = SPACE_BASE + SPACE_PER_TOOL * count if count < 10 else 24
    cache_folder().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cache_folder()).free / 1e9
    if free < needed:
        raise PlatformError(
            f"too little disk to build {count} tools: {free:.0f} GB free, {needed} GB needed",
            why=f"Go's caches below {cache_folder()} need it while they build; they are removed afterwards",
            fix="free some space, or set XDG_CACHE_HOME to a larger disk",
        )


def _build_all(repo: Repo, console: Console, missing: list[Tool]) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(_build, repo, console, tool, stop) for tool in missing]
        try:
            for future in running:
                future.result()
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise


def _build(repo: Repo, console: Console, tool: Tool, stop: threading.Event) -> None:
    began = time.monotonic()
    unfinished = cache_folder() / "build" / f"{tool.name}-{tool.key}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    log = cache_folder() / "logs" / f"build-{tool.name}.log"
    log.parent.mkdir(exist_ok=True)
    _compile(repo, console, tool, unfinished, log, stop)
    if load(repo)[tool.name].key != tool.key:
        raise PlatformError(
            f"the sources of {tool.name} changed while it was built",
            why="the program would be kept as that of other sources",
            fix="run the command again",
        )
    for built, name in tool.programs.items():
        if built != name:
            (unfinished / built).rename(unfinished / name)
    _keep_shared(repo, tool, unfinished / "share")
    _remove_older(tool)
    tool.home.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(tool.home, ignore_errors=True)
    unfinished.rename(tool.home)
    console.detail(f"{tool.name} {tool.version}: built in {time.monotonic() - began:.0f} s")


def _compile(repo: Repo, console: Console, tool: Tool, target: Path, log: Path, stop: threading.Event) -> None:
    environment = build_environment(repo, cgo=tool.cgo)
    environment.pop("GOTMPDIR")
    replaced = overlay(tool, environment, target.with_suffix(".overlay"))
    wanted = Command(
        (
            f"{environment['GOROOT']}/bin/go", "build", "-v", "-trimpath", "-tags", ",".join(tool.tags),
            # no debug information: -s -w would drop it in the linker only after the compiler has made it
            "-gcflags=all=-dwarf=false", "-ldflags", tool.ldflags(), "-o", f"{target}/", *replaced,
            "." if tool.source else "tool",
        ),
        cwd=tool.folder,
        env=environment,
    )  # fmt: skip
    began = time.monotonic()
    with log.open("wb") as output, started(wanted, output) as child:
        while (code := wait(child, time.monotonic() + REPORT_SECONDS)) is None:
            if stop.is_set() or time.monotonic() - began > BUILD_SECONDS:
                raise PlatformError(f"the build of {tool.name} was stopped", exit_code=TOOL_FAILURE)
            packages = len(re.findall(rb"^\S+$", log.read_bytes(), re.MULTILINE))
            console.detail(f"{tool.name}: {packages} packages after {time.monotonic() - began:.0f} s")
    if code != 0:
        raise ToolError(
            wanted,
            code,
            log.read_text(errors="replace"),
            fix=f"the whole output is in {log}; run it again: what is built is kept",
        )


def overlay(tool: Tool, environment: Mapping[str, str], place: Path) -> tuple[str, ...]:
    """Options that let the files below `<tool>/overlay` stand for those of the same import path and name.

    `<name>.go.patch` changes a file, `<name>.go` replaces it. Go refuses its own -overlay for files of modules, so the
    modules in question are copied to `place` and replaced.
    """
    own = sources(tool.folder / "overlay")
    if not own:
        return ()
    shutil.rmtree(place, ignore_errors=True)
    replaced: dict[str, Path] = {}
    for path in own:
        package = str(path.parent.relative_to(tool.folder / "overlay"))
        module, version, folder = _module_of(tool, environment, package)
        inside = Path(package.removeprefix(module).lstrip("/")) / path.name.removesuffix(".patch")
        if not (folder / inside).is_file():
            raise PlatformError(
                f"{path} stands for a file that {module} {version} does not have",
                why=f"there is no {inside} in it any more",
                fix="look where its content went, and move or remove the overlay's file",
            )
        copied = place / str(len(replaced))
        if module not in replaced:
            shutil.copytree(folder, copied)
            run(command("chmod", "-R", "u+w", copied))  # Go's module cache is read-only
            replaced[module] = copied
        if path.suffix == ".patch":
            _apply(path, replaced[module], f"{module} {version}")
        else:
            shutil.copy(path, replaced[module] / inside)
    go_mod = place / "go.mod"
    lines = [f"replace {module} => {folder}" for module, folder in replaced.items()]
    go_mod.write_text("\n".join([(tool.folder / "go.mod").read_text(), *lines, ""]))
    shutil.copy(tool.folder / "go.sum", place / "go.sum")
    return ("-modfile", str(go_mod))


def _apply(patch: Path, folder: Path, module: str) -> None:
    try:
        # a repository further up must not be taken for the one to patch
        run(command("git", "apply", patch, cwd=folder, env={"GIT_CEILING_DIRECTORIES": str(folder.parent)}))
    except ToolError as error:
        raise PlatformError(
            f"{patch} does not fit {module}",
            why=error.why,
            fix="look what became of the lines around it, and make the patch anew",
        ) from error


def _module_of(tool: Tool, environment: Mapping[str, str], package: str) -> tuple[str, str, Path]:
    """Path, version and folder of the module that has a package."""
    form = "{{with .Module}}{{.Path}} {{.Version}} {{.Dir}}{{end}}"
    go = f"{environment['GOROOT']}/bin/go"
    answer = text(command(go, "list", "-f", form, package, cwd=tool.folder, env=environment, timeout=900))
    module, version, folder = answer.split()
    return module, version, Path(folder)


def _keep_shared(repo: Repo, tool: Tool, target: Path) -> None:
    if not tool.share:
        return
    source = module_folder(repo, tool.name)
    for name in tool.share:
        origin = source / name
        if origin.is_dir():
            shutil.copytree(origin, target / name)
        elif origin.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(origin, target / name)
    # the module cache is read-only; our copy must be removable
    run(command("chmod", "-R", "u+w", target))


def _remove_older(tool: Tool) -> None:
    for older in tool.home.parent.glob(f"{tool.name}-v*"):
        if older != tool.home:
            shutil.rmtree(older)
