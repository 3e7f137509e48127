"""Files that overlays are made of, read for their lines; what cannot be read has none."""

from __future__ import annotations

import functools
import os
import posixpath
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
LARGEST = 16 * 1024 * 1024  # lines of something larger help nobody

Step = str | int


@dataclass(frozen=True)
class Part:
    """A value in a file, with the line it begins in; `offset` is that of a text inside of another file."""

    node: yaml.Node
    offset: int = 0

    @property
    def line(self) -> int:
        """The line, from 1."""
        return self.offset + self.node.start_mark.line + 1

    @property
    def text(self) -> str:
        """The value when it is a scalar, else nothing."""
        return self.node.value if isinstance(self.node, yaml.ScalarNode) else ""

    def child(self, step: Step) -> Part | None:
        """A field of a mapping, an item of a list."""
        if isinstance(self.node, yaml.MappingNode):
            name = str(step)
            return next((Part(value, self.offset) for key, value in self.node.value if key.value == name), None)
        if isinstance(self.node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(self.node.value):
            return Part(self.node.value[step], self.offset)
        return None

    def at(self, path: Sequence[Step]) -> Part | None:
        """What a path leads to."""
        found: Part | None = self
        for step in path:
            found = found.child(step) if found else None
        return found

    def nearest(self, path: Sequence[Step]) -> Part:
        """What a path leads to, or the last part on its way that is there."""
        found = self
        for step in path:
            following = found.child(step)
            if following is None:
                break
            found = following
        return found

    def items(self) -> list[Part]:
        """The items of a list; none of anything else."""
        if not isinstance(self.node, yaml.SequenceNode):
            return []
        return [Part(each, self.offset) for each in self.node.value]

    def value(self, *path: Step) -> str:
        """The text that a path leads to, or nothing."""
        found = self.at(path)
        return found.text if found else ""

    def inside(self) -> tuple[Part, ...]:
        """The documents of a text that is YAML itself: a patch written into a kustomization."""
        block = isinstance(self.node, yaml.ScalarNode) and self.node.style in ("|", ">")
        return _documents(self.text, self.line if block else self.line - 1)


class SourceFiles:
    """The files of one folder; each is read once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, list[tuple[int, str]]] = {}
        self._kustomizations: dict[str, tuple[str, Part] | None] = {}

    def documents(self, name: str, *words: str) -> tuple[Part, ...]:
        """The documents of a file that hold these words; none when it is no YAML or not there.

        Only those are parsed: the manifests of an add-on are megabytes, and one of its objects is asked for.
        """
        if name not in self._texts:
            self._texts[name] = _separated(self.text(name))
        return tuple(
            document
            for offset, text in self._texts[name]
            if all(word in text for word in words)
            for document in _documents(text, offset)
        )

    def text(self, name: str) -> str:
        """The content of a file, or nothing."""
        path = f"{self._root}/{name}"
        try:
            info = os.stat(path)  # noqa: PTH116 - thousands of files: pathlib takes twice as long
            if not stat.S_ISREG(info.st_mode) or info.st_size > LARGEST:
                return ""
            with open(path, "rb") as file:  # noqa: PTH123
                return file.read().decode("utf-8-sig", errors="replace")
        except (OSError, ValueError):
            return ""

    def kustomization(self, folder: str) -> tuple[str, Part] | None:
        """The kustomization of a folder and its file."""
        if folder not in self._kustomizations:
            self._kustomizations[folder] = self._kustomization(folder)
        return self._kustomizations[folder]

    def line(self, name: str, path: Sequence[Step]) -> int | None:
        """The line of a field, or of what is nearest to it."""
        documents = self.documents(name)
        return documents[0].nearest(path).line if documents else None

    def _kustomization(self, folder: str) -> tuple[str, Part] | None:
        for name in KUSTOMIZATIONS:
            file = posixpath.join(folder, name)
            if os.path.isfile(f"{self._root}/{file}"):  # noqa: PTH113
                documents = self.documents(file)
                return (file, documents[0]) if documents else None
        return None


def _separated(text: str) -> list[tuple[int, str]]:
    """The documents of a text, each with the number of lines before it."""
    found, line = [], 0
    for part in re.split(r"^(?=---(?:\s|$))", text, flags=re.MULTILINE):
        found.append((line, part))
        line += part.count("\n")
    return found


@functools.lru_cache(4096)  # overlays of several clusters are often word for word the same
def _documents(text: str, offset: int = 0) -> tuple[Part, ...]:
    loader: Any = yaml.CSafeLoader
    try:
        return tuple(Part(node, offset) for node in yaml.compose_all(text, Loader=loader) if node is not None)
    except (yaml.YAMLError, RecursionError, ValueError):
        return ()
