"""What kustomize passes over in silence: entries that match nothing, patches that drop fields, empty output."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.process import command, text
from platformctl.repo import Repo

from .conftest import ADD_ONS, FLEETS, LOCAL_ADD_ONS, OVERLAYS, SERVICES, Object, Render, objects

PLACEHOLDERS = re.compile(r"\b(REPOSITORY|FLEET|SERVER|ENVIRONMENT|VOLUME|TODO)\b")
DEPLOYED = [*OVERLAYS, *FLEETS, *ADD_ONS, *LOCAL_ADD_ONS]
Find = Callable[[str], list[list[Object]]]
RESOURCES = ("cpu", "memory", "ephemeral-storage")


@dataclass(frozen=True)
class Kustomization:
    """A kustomization.yaml of the checkout; `users` are the renders that its output is part of."""

    folder: str
    content: Mapping[str, Any]

    @property
    def patches(self) -> Iterator[Mapping[str, Any]]:
        """The patches that name a target."""
        return (patch for patch in self.content.get("patches", []) if "target" in patch)


def _kustomizations() -> list[Kustomization]:
    root = Repo.find(Path(__file__).resolve().parent).root
    return [
        Kustomization(path.parent.relative_to(root).as_posix(), yaml.safe_load(path.read_text()))
        for top in ("apps", "base", "clusters", "overlays")
        for path in sorted((root / top).rglob("kustomization.yaml"))
    ]


KUSTOMIZATIONS = _kustomizations()


@pytest.fixture
def rendered_with(render: Render, render_local: Render) -> Find:
    """The objects of all renders that a folder's kustomization is part of."""

    def find(folder: str) -> list[list[Object]]:
        if folder.startswith("base/components/local"):
            frame = folder.endswith("-environment")
            return [objects(render_local(each)) for each in OVERLAYS if each.endswith("/platform") == frame]
        if folder.startswith("base/components/"):
            return [objects(render(each)) for each in SERVICES]
        if folder.endswith("/differences"):
            folder = folder.removesuffix("/differences")
        return [objects(render(folder))]

    return find


def _selects(target: Mapping[str, str], each: Object) -> bool:
    group = each["apiVersion"].rpartition("/")[0]
    return (
        re.fullmatch(target.get("kind", ".*"), each["kind"]) is not None
        and target.get("group", group) == group
        and re.fullmatch(target.get("name", ".*"), each["metadata"]["name"]) is not None
    )


@pytest.mark.parametrize(
    ("folder", "target"),
    [(each.folder, patch["target"]) for each in KUSTOMIZATIONS for patch in each.patches],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_patch_target_matches_an_object(folder: str, target: Mapping[str, str], rendered_with: Find) -> None:
    """A JSON patch whose target is misspelt changes nothing and says nothing."""
    assert set(target) <= {"kind", "name", "group"}, "this test does not know the other selectors"
    assert any(_selects(target, each) for found in rendered_with(folder) for each in found)


@pytest.mark.parametrize(
    ("folder", "entry"),
    [(each.folder, entry) for each in KUSTOMIZATIONS for entry in each.content.get("images", [])],
    ids=lambda value: value if isinstance(value, str) else value["name"],
)
def test_image_entry_matches_a_container(folder: str, entry: Mapping[str, str], render: Render) -> None:
    """An `images:` entry for a name that no container has changes nothing and says nothing."""
    wanted = f"{entry.get('newName', entry['name'])}:{entry['newTag']}"
    assert re.search(rf"\bimage: {re.escape(wanted)}$", render(folder), re.MULTILINE)


@pytest.mark.parametrize("folder", SERVICES)
def test_every_rollout_has_the_schema_that_patches_need(folder: str, repo: Repo) -> None:
    """kustomize has no merge keys for a Rollout: without this Component a merge patch replaces its containers."""
    base = yaml.safe_load((repo.root / "base" / Path(folder).name / "kustomization.yaml").read_text())

    assert base["components"][0] == "../components/rollout"


@pytest.mark.parametrize("folder", DEPLOYED)
def test_render_has_objects_and_no_placeholder(folder: str, render: Render) -> None:
    """Nothing is deployed empty, or with a name that a replacement should have filled."""
    found = objects(render(folder))

    assert found
    # the text of upstream's manifests is not ours
    ours = [each for each in found if each["kind"] not in ("CustomResourceDefinition", "ConfigMap")]
    assert not PLACEHOLDERS.findall(yaml.safe_dump(ours))


@pytest.mark.parametrize("folder", OVERLAYS)
def test_local_form_has_the_same_objects_and_more(folder: str, render: Render, render_local: Render) -> None:
    """The local form changes objects and adds some; it takes none away, or it would not test what a cloud runs."""
    names = [
        {(each["kind"], each["metadata"]["name"]) for each in objects(content)}
        for content in (render(folder), render_local(folder))
    ]

    assert names[0] <= names[1]
    assert not PLACEHOLDERS.findall(render_local(folder))


def _pod_spec(rollout: Object) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = rollout["spec"]["template"]["spec"]
    return spec


def _incomplete(rollout: Object) -> list[str]:
    """What the containers of a Rollout lack."""
    spec = _pod_spec(rollout)
    missing = [] if spec.get("containers") else ["containers"]
    for container in [*spec.get("initContainers", []), *spec.get("containers", [])]:
        name = container["name"]
        if not re.fullmatch(
            r"ghcr\.io/techcommerce/[a-z-]+:\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?", container.get("image", "")
        ):
            missing.append(f"{name}: image with a version")
        missing += [
            f"{name}: {part} of {resource}"
            for part in ("requests", "limits")
            for resource in RESOURCES
            if resource not in container.get("resources", {}).get(part, {})
        ]
        context = container.get("securityContext", {})
        if context.get("readOnlyRootFilesystem") is not True or context.get("allowPrivilegeEscalation") is not False:
            missing.append(f"{name}: securityContext")
        if context.get("capabilities") != {"drop": ["ALL"]}:
            missing.append(f"{name}: capabilities")
    return missing


@pytest.mark.parametrize("local", [False, True], ids=["cloud", "local"])
@pytest.mark.parametrize("folder", SERVICES)
def test_containers_of_a_rollout_are_complete(folder: str, local: bool, render: Render, render_local: Render) -> None:
    """Image, resources and securityContext of every container outlive all patches."""
    content = (render_local if local else render)(folder)
    (rollout,) = [each for each in objects(content) if each["kind"] == "Rollout"]

    assert _incomplete(rollout) == []


def test_a_merge_patch_on_a_rollout_is_noticed(kustomize: Path, repo: Repo, tmp_path: Path) -> None:
    """The trap itself, on the kustomize that we pin: it ends with 0 and the container is gone but for one field."""
    rollout = objects(text(command(kustomize, "build", repo.root / "base/frontend")))
    (tmp_path / "rollout.yaml").write_text(yaml.safe_dump(next(each for each in rollout if each["kind"] == "Rollout")))
    (tmp_path / "kustomization.yaml").write_text(
        yaml.safe_dump(
            {
                "resources": ["rollout.yaml"],
                "patches": [
                    {
                        "patch": yaml.safe_dump(
                            {
                                "apiVersion": "argoproj.io/v1alpha1",
                                "kind": "Rollout",
                                "metadata": {"name": "frontend"},
                                "spec": {"template": {"spec": {"containers": [{"name": "frontend", "tty": True}]}}},
                            }
                        )
                    }
                ],
            }
        )
    )

    (patched,) = objects(text(command(kustomize, "build", tmp_path)))

    assert "frontend: image with a version" in _incomplete(patched)
