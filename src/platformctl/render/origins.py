"""Where a field of a rendered object was written: the last patch or entry that sets it, else its resource's file.

Found only when a finding asks for it, by following the kustomizations from the overlay down, in the order opposite
to the one in which kustomize applies them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platformctl.manifests import FieldPath, Place, items, mapping, text
from platformctl.render.patches import setting, targets
from platformctl.render.sourcefile import Part, SourceFiles

DEEPEST = 30
_HASH = r"(-[0-9a-z]{10})?"
_GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}


@dataclass(frozen=True)
class Home:
    """The folders on the way to an object's file, and the document in it; `exact` when it is found by its full name."""

    steps: Sequence[tuple[str, Part | None]]
    exact: bool


class Origins:
    """Answers for the objects of one overlay; `added` is what its Application says, in the file `pinned_in`."""

    def __init__(
        self, files: Callable[[], SourceFiles], overlay: str, added: Mapping[str, Any], pinned_in: str
    ) -> None:
        self._open = files
        self._overlay = overlay
        self._added = added
        self._pinned_in = pinned_in
        self._answers: dict[tuple[int, FieldPath], Place] = {}
        self._homes: dict[int, Home | None] = {}

    def place(self, content: Mapping[str, Any], path: FieldPath) -> Place:
        """The file and line of a field; the overlay's kustomization when nothing else is known."""
        key = (id(content), path)
        if key not in self._answers:
            search = _Search(self._open(), content, path, self._homes)
            self._answers[key] = self._by_application(content, path) or self._found(search)
        return self._answers[key]

    def _found(self, search: _Search) -> Place:
        for component in reversed(items(self._added.get("components"))):
            found = search.changed_in(posixpath.normpath(posixpath.join(self._overlay, text(component))))
            if found:
                return found
        return search.written_in(self._overlay) or search.beginning_of(self._overlay)

    def _by_application(self, content: Mapping[str, Any], path: FieldPath) -> Place | None:
        """A field that the Application itself sets stands where the Application does; its line is not known."""
        metadata = mapping(content.get("metadata"))
        value = _value(content, path)
        image = path[-1:] == ("image",) and any(
            text(value) and text(value) in each for each in map(text, items(self._added.get("images")))
        )
        replicas = path == ("spec", "replicas") and any(
            mapping(each).get("name") == metadata.get("name") for each in items(self._added.get("replicas"))
        )
        label = len(path) > 1 and path[-2] in ("labels", "matchLabels", "annotations")
        named = label and any(
            path[-1] in mapping(self._added.get(key)) for key in ("commonLabels", "commonAnnotations")
        )
        return (self._pinned_in, None) if self._pinned_in and (image or replicas or named) else None


class _Search:
    """Follows one field of one object down the folders."""

    def __init__(
        self, files: SourceFiles, content: Mapping[str, Any], path: FieldPath, homes: dict[int, Home | None]
    ) -> None:
        self._files = files
        self._homes = homes
        self._content = content
        self._path = path
        self._kind = text(content.get("kind"))
        self._exact = True
        self._name = text(mapping(content.get("metadata")).get("name"))

    def beginning_of(self, folder: str) -> Place:
        """The kustomization of a folder, as the place of what has no better one."""
        found = self._files.kustomization(folder)
        return (found[0], found[1].line) if found else (folder, None)

    def written_in(self, folder: str) -> Place | None:
        """Where the field was written last, among all that a folder's kustomization uses; None if not there."""
        if id(self._content) not in self._homes:
            self._homes[id(self._content)] = self._found_home(folder)
        home = self._homes[id(self._content)]
        if home is None:
            return None
        self._exact = home.exact
        return self._changed_on_the_way(home.steps) or self._at_home(home.steps)

    def _found_home(self, folder: str) -> Home | None:
        for exact in (True, False):
            steps = self._home(folder, exact, 0)
            if steps is not None:
                return Home(steps, exact)
        return None

    def changed_in(self, folder: str, depth: int = 0) -> Place | None:
        """The last entry of a folder's own kustomization, or of a Component that it uses, that sets the field."""
        found = self._files.kustomization(folder)
        if found is None or depth > DEEPEST:
            return None
        file, kustomization = found
        for part_file, part in self._entries(folder, file, kustomization):
            return part_file, part.line
        for component in reversed(_names(kustomization, "components")):
            place = self.changed_in(_join(folder, component), depth + 1)
            if place:
                return place
        return None

    def _changed_on_the_way(self, home: Sequence[tuple[str, Part | None]]) -> Place | None:
        for folder, _ in home:
            place = self.changed_in(folder)
            if place:
                return place
        return None

    def _at_home(self, home: Sequence[tuple[str, Part | None]]) -> Place:
        where, part = home[-1]
        if part is None:
            return self.beginning_of(where)
        # the last step is the file; a generator's entry stands in a kustomization
        return self._generated(where, part) or (where, part.nearest(self._path).line)

    def _home(self, folder: str, exact: bool, depth: int) -> list[tuple[str, Part | None]] | None:
        """The folders from here to the object's file, and the document in it."""
        found = self._files.kustomization(folder)
        if found is None or depth > DEEPEST:
            return None
        file, kustomization = found
        entry = self._generator(kustomization)
        if entry is not None:
            return [(folder, None), (file, entry)]
        for name in [*_names(kustomization, "resources"), *_names(kustomization, "bases")]:
            inner = _join(folder, name)
            document = self._document(inner, exact)
            below = [(inner, document)] if document else self._home(inner, exact, depth + 1)
            if below:
                return [(folder, None), *below]
        for name in _names(kustomization, "components"):
            below = self._home(_join(folder, name), exact, depth + 1)
            if below:
                return [(folder, None), *below]
        return None

    def _document(self, file: str, exact: bool) -> Part | None:
        words = (self._kind, self._name) if exact else (self._kind,)
        for document in self._files.documents(file, *words):
            for each in [document, *(document.at(("items",)) or document).items()]:
                name = each.value("metadata", "name")
                same = name == self._name if exact else bool(name) and name in self._name
                if each.value("kind") == self._kind and same:
                    return each
        return None

    def _generator(self, kustomization: Part) -> Part | None:
        listed = kustomization.child(_GENERATORS.get(self._kind, ""))
        for entry in listed.items() if listed else ():
            name = re.escape(entry.value("name"))
            if entry.value("behavior") in ("", "create") and re.fullmatch(f".*{name}.*?{_HASH}", self._name):
                return entry
        return None

    def _generated(self, file: str, entry: Part) -> Place | None:
        """The line of a generator's entry that a key comes from, or its env file."""
        if self._kind not in _GENERATORS or entry.child("name") is None or entry.child("metadata") is not None:
            return None
        return self._key_of(file, entry) or (file, entry.line)

    def _key_of(self, file: str, entry: Part) -> Place | None:
        if len(self._path) < 2 or self._path[0] not in ("data", "stringData", "binaryData"):
            return None
        key, folder = str(self._path[1]), posixpath.dirname(file)
        for literal in (entry.at(("literals",)) or entry).items():
            if literal.text.split("=")[0] == key:
                return file, literal.line
        for listed in (entry.at(("files",)) or entry).items():
            name, _, path = listed.text.rpartition("=")
            if (name or posixpath.basename(path)) == key:
                return _join(folder, path), 1
        for env in [*_names(entry, "envs"), *([entry.value("env")] if entry.value("env") else [])]:
            for number, line in enumerate(self._files.text(_join(folder, env)).splitlines(), 1):
                if line.split("=")[0].strip() == key:
                    return _join(folder, env), number
        return None

    def _entries(self, folder: str, file: str, kustomization: Part) -> Iterator[tuple[str, Part]]:
        """What sets the field in one kustomization, the last first, as kustomize orders its own transformers."""
        yield from ((file, part) for part in self._fields(kustomization))
        for field in ("patchesJson6902", "patches", "patchesStrategicMerge"):
            for entry in reversed((kustomization.child(field) or kustomization).items()):
                yield from self._patch(folder, file, entry)
        if self._kind in _GENERATORS:
            yield from self._generator_merges(file, kustomization)

    def _patch(self, folder: str, file: str, entry: Part) -> Iterator[tuple[str, Part]]:
        inline = entry.child("patch")
        name = entry.value("path") or (entry.text if "\n" not in entry.text else "")
        documents = self._files.documents(_join(folder, name)) if name else (inline or entry).inside()
        if not targets(entry, self._content, exact=self._exact):
            return
        aimed = entry.child("target") is not None
        for document in documents:
            found = setting(document, self._content, self._path, aimed=aimed, exact=self._exact)
            if found:
                yield (_join(folder, name) if name else file), found

    def _generator_merges(self, file: str, kustomization: Part) -> Iterator[tuple[str, Part]]:
        """A generator with behavior merge or replace, which changes what a base generated."""
        for entry in reversed((kustomization.child(_GENERATORS[self._kind]) or kustomization).items()):
            named = re.fullmatch(f".*{re.escape(entry.value('name'))}.*?{_HASH}", self._name)
            if entry.value("behavior") in ("merge", "replace") and named:
                place = self._key_of(file, entry)
                if place and place[0] == file and place[1]:
                    yield file, Part(entry.node, place[1] - entry.node.start_mark.line - 1)

    def _fields(self, kustomization: Part) -> Iterator[Part]:
        """Fields of a kustomization that set one field of every object: images, replicas, labels and others."""
        path = self._path
        if path[-1:] == ("image",):
            yield from self._images(kustomization)
        if path == ("spec", "replicas"):
            yield from (
                each.child("count") or each
                for each in (kustomization.child("replicas") or kustomization).items()
                if each.value("name") == self._name
            )
        if len(path) > 1 and path[-2] == "annotations":
            yield from _present(kustomization.at(("commonAnnotations", path[-1])))
        if len(path) > 1 and path[-2] in ("labels", "matchLabels", "selector"):
            for each in (kustomization.child("labels") or kustomization).items():
                yield from _present(each.at(("pairs", path[-1])))
            yield from _present(kustomization.at(("commonLabels", path[-1])))
        if path == ("metadata", "namespace"):
            yield from _present(kustomization.child("namespace"))

    def _images(self, kustomization: Part) -> Iterator[Part]:
        image = text(_value(self._content, self._path))
        for entry in (kustomization.child("images") or kustomization).items():
            name = entry.value("newName") or entry.value("name")
            if name and re.match(rf"{re.escape(name)}([:@]|$)", image):
                yield entry.child("newTag") or entry.child("digest") or entry.child("newName") or entry


def _present(part: Part | None) -> Iterator[Part]:
    if part is not None:
        yield part


def _value(content: object, path: FieldPath) -> object:
    for step in path:
        if isinstance(step, int):
            listed = items(content)
            content = listed[step] if step < len(listed) else None
        else:
            content = mapping(content).get(step)
    return content


def _names(part: Part, field: str) -> list[str]:
    return [each.text for each in (part.child(field) or part).items()]


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
