"""What `tools/` pins: one wrapper module per Go program, or one with sources of our own, and how it is built."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.repo import Repo, cache_folder

TOOL_BLOCK = re.compile(r"^tool \(\n(.*?)^\)", re.MULTILINE | re.DOTALL)
TOOL_LINE = re.compile(r"^tool ([^(\s]\S*)$", re.MULTILINE)
MODULE_LINE = re.compile(r"^module (\S+)$", re.MULTILINE)
MAJOR_SUFFIX = re.compile(r"/v\d+$")
OWN_VERSION = "v0.0.0"  # of our own sources, which have no other version than their content, and that is in the key


@dataclass(frozen=True)
class Toolchain:
    """The Go toolchain, as a package of PyPI."""

    package: str
    version: str


@dataclass(frozen=True)
class Tool:
    """A Go module: `programs` maps the file name that `go build` gives to the name we use.

    `source` says that its folder is a `package main` of our own; else it wraps the programs of its `tool` lines.
    """

    name: str
    folder: Path
    module: str
    version: str
    programs: Mapping[str, str]
    tags: tuple[str, ...]
    variables: Mapping[str, str]
    share: tuple[str, ...]
    cgo: bool
    source: bool
    key: str

    @property
    def home(self) -> Path:
        """Where the built programs are kept: a folder named by version and key."""
        return cache_folder() / "bin" / f"{self.name}-{self.version}-{self.key}"

    @property
    def built(self) -> bool:
        """Whether every program is there; the folder appears in one rename, so it is never half full."""
        return all((self.home / program).is_file() for program in self.programs.values())

    def ldflags(self) -> str:
        """Linker flags: stripped, with the version that the program reports."""
        number = self.version.removeprefix("v")
        if self.name == "prometheus":  # its module says v0.316.0 where the program is 3.16.0
            number = re.sub(r"^0\.(\d)(\d+)\.", r"\1.\2.", number)
        values = {name: value.format(version=self.version, number=number) for name, value in self.variables.items()}
        return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in sorted(values.items()))])


def load(repo: Repo) -> dict[str, Tool]:
    """Every tool by name; an error names the file that is wrong."""
    return {name: _tool(repo, name, options) for name, options in sorted(_settings(repo)["tools"].items())}


def bringing(repo: Repo, program: str) -> Tool | None:
    """The tool that brings a program; most programs are called as their tool, so that no other is looked at."""
    settings = _settings(repo)["tools"]
    for name in sorted(settings, key=lambda each: each != program):
        tool = _tool(repo, name, settings[name])
        if program in tool.programs.values():
            return tool
    return None


def toolchain(repo: Repo) -> Toolchain:
    """The pinned Go toolchain."""
    return Toolchain(**_settings(repo)["toolchain"])


def _settings(repo: Repo) -> dict[str, dict]:  # type: ignore[type-arg]
    path = repo.root / "tools" / "build.toml"
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise PlatformError(f"{path} cannot be read", why=str(error)) from error


def _tool(repo: Repo, name: str, options: Mapping[str, object]) -> Tool:
    folder = repo.root / "tools" / name
    try:
        go_mod, go_sum = (folder / "go.mod").read_text(), (folder / "go.sum").read_text()
    except OSError as error:
        raise PlatformError(f"tools/build.toml names {name}, which has no module", why=str(error)) from error
    source = bool(options.get("source", False))
    module, version, programs = _own(name, go_mod, folder) if source else _wrapped(go_mod, folder)
    renamed = dict(options.get("programs", {}))  # type: ignore[call-overload]
    pins = _settings(repo)["toolchain"]
    key = hashlib.sha256("\0".join([go_mod, go_sum, repr(sorted(options.items())), str(pins)]).encode())
    for path in sources(folder):
        key.update(f"\0{path.relative_to(folder)}\0{path.read_text()}".encode())
    return Tool(
        name=name,
        folder=folder,
        module=module,
        version=version,
        programs={built: renamed.get(built, called) for built, called in programs.items()},
        tags=tuple(options.get("tags", ())),  # type: ignore[arg-type]
        variables=dict(options.get("version", {})),  # type: ignore[call-overload]
        share=tuple(options.get("share", ())),  # type: ignore[arg-type]
        cgo=bool(options.get("cgo", False)),
        source=source,
        key=key.hexdigest()[:12],
    )


def _wrapped(go_mod: str, folder: Path) -> tuple[str, str, dict[str, str]]:
    """Module, version and programs of the `tool` lines."""
    packages = _packages(go_mod)
    module, version = _requirement(go_mod, packages, folder)
    built = [MAJOR_SUFFIX.sub("", package).rsplit("/", 1)[-1] for package in packages]
    return module, version, {name: name for name in built}


def _own(name: str, go_mod: str, folder: Path) -> tuple[str, str, dict[str, str]]:
    """Module, version and program of sources of our own; the program is called as the tool."""
    line = MODULE_LINE.search(go_mod)
    if line is None or not list(folder.glob("*.go")):
        missing = "no Go file" if line else "no module line in its go.mod"
        raise PlatformError(
            f"tools/{name} is no program", why=f"tools/build.toml says source = true, but it has {missing}"
        )
    module = line.group(1)
    return module, OWN_VERSION, {MAJOR_SUFFIX.sub("", module).rsplit("/", 1)[-1]: name}


def sources(folder: Path) -> list[Path]:
    """What is compiled; a changed test makes no other program."""
    found = [*folder.rglob("*.go"), *folder.rglob("*.go.patch")]
    return sorted(path for path in found if not path.name.endswith("_test.go"))


def _packages(go_mod: str) -> list[str]:
    block = TOOL_BLOCK.search(go_mod)
    names = block.group(1).split() if block else []
    return names + TOOL_LINE.findall(go_mod)


def _requirement(go_mod: str, packages: list[str], folder: Path) -> tuple[str, str]:
    for module, version in re.findall(r"^(?:require )?\t?(\S+) (v\S+)", go_mod, re.MULTILINE):
        if packages and (packages[0] == module or packages[0].startswith(module + "/")):
            return module, version
    raise PlatformError(
        f"{folder}/go.mod pins no program",
        why="it needs a `tool` line and the `require` line of that tool's module",
    )
