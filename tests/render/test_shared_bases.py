"""A base that many overlays include is built once for them, and each comes out as if it were alone."""

from __future__ import annotations

from pathlib import Path

from platformctl.process import command, text
from platformctl.render.program import Job

from .answer import answers
from .test_renderer import OPTIONS
from .varied import BASE, VARIED, write

TIMES = 4  # the first and the second build it, and may do so at once


def test_varied_bases_equal_the_binary_each_time(renderer: Path, kustomize: Path, tmp_path: Path) -> None:
    trees = [write(tmp_path / str(i), tree) for i, tree in enumerate(VARIED.values())]
    found = answers(renderer, [Job(tree, "top", {}, text=True) for tree in trees for _ in range(TIMES)])

    for number, answer in enumerate(found):
        assert answer.error == "", list(VARIED)[number // TIMES]
        assert answer.text == text(command(kustomize, "build", trees[number // TIMES] / "top"))


def test_what_one_changes_the_others_do_not_see(renderer: Path, tmp_path: Path) -> None:
    """Names, labels, namespaces and images of each; what was looked at is told of each as well."""
    write(tmp_path, {**VARIED["component"], "top/kustomization.yaml": "resources: [../middle]\n",
                     "middle/kustomization.yaml": "resources: [../base]\nlabels: [{pairs: {a: b}}]\n"})  # fmt: skip
    jobs = [Job(tmp_path, "top", options, text=True) for options, _ in OPTIONS.values()]
    alone = [answers(renderer, [job])[0] for job in jobs]

    together = answers(renderer, jobs * TIMES)

    assert len({answer.text for answer in alone}) > len(alone) / 2
    assert together == alone * TIMES


def test_an_edit_of_an_included_folder_is_of_that_overlay_alone(renderer: Path, tmp_path: Path) -> None:
    """Argo CD's options go into the overlay's own file, and `middle` is an overlay as well as a base."""
    write(tmp_path, {**BASE, "top/kustomization.yaml": "resources: [../middle]\n",
                     "middle/kustomization.yaml": "resources: [../base]\n"})  # fmt: skip
    plain, renamed = Job(tmp_path, "top", {}, text=True), Job(tmp_path, "middle", {"namePrefix": "p-"}, text=True)

    found = answers(renderer, [plain, renamed] * TIMES)

    assert {answer.text for answer in found[::2]} == {answers(renderer, [plain])[0].text}
    assert {answer.text for answer in found[1::2]} == {answers(renderer, [renamed])[0].text}


def test_an_error_is_told_each_time(renderer: Path, tmp_path: Path) -> None:
    write(tmp_path, {**BASE, "top/kustomization.yaml": "resources: [../base]\n", "base/service.yaml": "kind: [\n"})

    found = answers(renderer, [Job(tmp_path, "top", {})] * TIMES)

    assert len({answer.error for answer in found}) == 1
    assert "in File: service.yaml" in found[0].error
