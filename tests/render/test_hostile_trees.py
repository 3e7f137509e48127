"""Nothing outside of a tree is read, and what is wrong in it is an error of the overlays that use it alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from platformctl.render.program import Job

from .answer import Ask, answers
from .varied import BASE, DEPLOYMENT, VARIED, write


def _kustomization(entry: str) -> dict[str, str]:
    return {"top/kustomization.yaml": f"resources: ['{entry}']\n", "outside.yaml": DEPLOYMENT}


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ("https://example.com/a.yaml", "top/kustomization.yaml names https://example.com/a.yaml, which is not in this"),
        ("https://example.com/org/repo", "top/kustomization.yaml names https://example.com/org/repo, which is not in"),
        ("git@example.com:org/repo.git", "top/kustomization.yaml names git@example.com:org/repo.git, which is not in"),
        ("github.com/org/repo/base?ref=v1", "top/kustomization.yaml names github.com/org/repo/base?ref=v1, which is"),
        ("../../../etc", "top/kustomization.yaml names /etc, which leads out of the repository"),
        ("/etc/hostname", "top/kustomization.yaml names /etc/hostname, which leads out of the repository"),
        ("../outside.yaml", "file 'outside.yaml' is not in or below 'top'"),
        ("nowhere.yaml", "top/nowhere.yaml: no such file or directory"),
        (".", "cycle detected: candidate root 'top' contains visited root 'top'"),
    ],
)
def test_what_is_not_in_the_tree_is_an_error_that_names_the_file(entry: str, error: str, top: Ask) -> None:
    """No path of this machine is shown."""
    answer = top(_kustomization(entry))

    assert error in answer.error
    assert answer.objects == []


def test_bases_in_a_circle_are_an_error(top: Ask) -> None:
    """kustomize's own, with the folders as they are in the repository."""
    answer = top({
        "top/kustomization.yaml": "resources: [../one]\n",
        "one/kustomization.yaml": "resources: [../two]\n",
        "two/kustomization.yaml": "resources: [../one]\n",
    })  # fmt: skip

    assert "cycle detected: candidate root 'one' contains visited root 'one'" in answer.error


def _link(folder: Path, target: str) -> None:
    (folder / "deployment.yaml").unlink()
    (folder / "deployment.yaml").symlink_to(target)


def _fifo(folder: Path) -> None:
    (folder / "deployment.yaml").unlink()
    os.mkfifo(folder / "deployment.yaml")


def _sparse(folder: Path) -> None:
    with (folder / "deployment.yaml").open("wb") as file:
        file.truncate(1024**3)


def _bomb(folder: Path) -> None:
    lines = ["data:", "  a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]" for i in range(1, 10)]
    (folder / "deployment.yaml").write_text("\n".join(["kind: A", "apiVersion: v1", "metadata: {name: a}", *lines]))


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (lambda folder: _link(folder, "/etc/hostname"),
         "base/kustomization.yaml names base/deployment.yaml, which is a link that leads out of the repository"),
        (lambda folder: _link(folder, "../../../etc/hostname"),
         "base/kustomization.yaml names base/deployment.yaml, which leads out of the repository"),
        (lambda folder: _link(folder, "deployment.yaml"), "base/deployment.yaml, which is a link that leads to itself"),
        (lambda folder: _link(folder, "/dev/zero"), "is a link that leads out of the repository"),
        (_fifo, "base/kustomization.yaml names base/deployment.yaml, which is no regular file"),
        (_bomb, "base/kustomization.yaml names base/deployment.yaml, which has too many values behind its aliases"),
        (_sparse, "base/kustomization.yaml names base/deployment.yaml, which is larger than 64 MiB"),
    ],
)  # fmt: skip
def test_hostile_files_are_errors(harm: Callable[[Path], None], error: str, top: Ask, tmp_path: Path) -> None:
    """Nothing outside is read, nothing is waited for, and the file is named."""
    write(tmp_path, VARIED["nothing more"])
    harm(tmp_path / "base")

    answer = top()

    assert error in answer.error
    assert answer.objects == []


def test_a_link_inside_of_the_tree_is_followed_and_noted(top: Ask, tmp_path: Path) -> None:
    """As the binary does; another target is another result."""
    write(tmp_path, {**VARIED["nothing more"], "real/x.yaml": "", "base/second.yaml": DEPLOYMENT})
    _link(tmp_path / "base", "second.yaml")
    (tmp_path / "link").symlink_to("base")
    (tmp_path / "top/kustomization.yaml").write_text("resources: [../link]\n")

    answer = top()

    assert answer.error == ""
    assert answer.about["seen"]["link"] == "l:base"
    assert answer.about["seen"]["base/deployment.yaml"] == "l:second.yaml"
    assert answer.about["seen"]["base/second.yaml"].startswith("f:")
    assert answer.about["seen"]["top/kustomization.yml"] == "-"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("a: [b\n", "invalid Kustomization"),
        ("resources: [../base]\nbananas: 1\n", 'unknown field "bananas"'),
        ("resources: [../base]\nopenapi: {path: s.json}\n", "top/s.json: no such file"),
        ("resources: [../base]\nopenapi: {version: v0}\n", "is not built in"),
        ("\xff\xfe", "invalid Kustomization"),
        ("resources: [../base]\nhelmCharts: [{name: x}]\n", "must specify --enable-helm"),
        ("resources: [../base]\ntransformers: [{}]\n", "invalid Kustomization"),
        ("", "kustomization.yaml is empty"),
    ],
)
def test_a_broken_kustomization_is_an_error(content: str, error: str, top: Ask) -> None:
    """Never a crash: the other overlays of the run are rendered all the same."""
    assert error in top({**BASE, "top/kustomization.yaml": content}).error


def test_a_schema_that_is_none_is_an_error_of_that_overlay_alone(renderer: Path, tmp_path: Path) -> None:
    """kustomize itself dies of it."""
    broken = {**VARIED["a schema"], "top/schema.json": "{"}
    trees = [broken, VARIED["a schema"], VARIED["nothing more"]]
    jobs = [Job(write(tmp_path / str(i), tree), "top", {}) for i, tree in enumerate(trees)]

    first, second, third = answers(renderer, jobs)

    assert "invalid schema file" in first.error
    assert second.error == third.error == ""
