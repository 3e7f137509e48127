"""`platformctl check` from outside: what a shell and a program that reads its JSON see."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from platformctl.repo import Repo
from platformctl.tools.catalogue import load

from .conftest import Run


def _conftest(repo: Repo, cache: Path) -> Path:
    """The place of the conftest program in a cache folder."""
    return cache / "bin" / load(repo)["conftest"].home.name


def test_pass_is_0(platformctl: Run, fixtures: Path) -> None:
    """Without a finding the exit code is 0 and the inventory is printed."""
    answer = platformctl("check", fixtures / "valid")

    assert answer.code == 0
    assert "0 errors, 0 warnings, 0 waived" in answer.out
    assert answer.err == ""


def test_findings_are_1(platformctl: Run, fixtures: Path) -> None:
    """A finding makes 1; the text names rule, file with line, object and remedy."""
    folder = fixtures / "invalid" / "host-pid"
    answer = platformctl("check", folder)

    assert answer.code == 1
    assert answer.out.splitlines()[:9] == [
        "error: host-pid (2)  Pods have processes of their own",
        f"  {folder}/deployment.yaml:70  the pod uses the node's own: hostPID is true",
        "    | hostPID: true",
        "    Deployment/host-pid-deployment/host-pid-deployment  spec.template.spec.hostPID",
        f"  {folder}/rollout.yaml:70  the pod uses the node's own: hostPID is true",
        "    | hostPID: true",
        "    Rollout/host-pid-rollout/host-pid-rollout  spec.template.spec.hostPID",
        "  what to do: Remove hostPID.",
        "  more: platformctl explain host-pid",
    ]


def test_json_has_the_agreed_shape(platformctl: Run, fixtures: Path) -> None:
    """The whole document, so that no reader is surprised."""
    folder = fixtures / "invalid" / "seccomp"
    report = platformctl("check", folder, "--format", "json").report
    seconds = report["summary"].pop("seconds")
    others = report["findings"][1:]

    assert isinstance(seconds, float)
    assert {each["object"]["kind"] for each in others} == {"Rollout"}
    assert {**report, "findings": report["findings"][:1]} == {
        "findings": [
            {
                "rule": "seccomp",
                "topic": "seccomp",
                "severity": "error",
                "object": {
                    "apiVersion": "apps/v1",
                    "kind": "Deployment",
                    "namespace": "seccomp-deployment",
                    "name": "seccomp-deployment",
                },
                "path": "spec.template.spec.containers[0].securityContext.seccompProfile",
                "file": f"{folder}/deployment.yaml",
                "line": 52,
                "message": 'container "web" has no seccomp profile',
                "remediation": "Set securityContext.seccompProfile.type: RuntimeDefault on the pod.",
                "engine": "python+rego",
                "clusters": [],
            }
        ],
        "summary": {
            "applications": 0,
            "rendered": 0,
            "objects": 16,
            "schema_checked": 16,
            "policy_checked": 16,
            "skipped": 0,
            "errors": 3,
            "warnings": 0,
            "waived": 0,
        },
    }


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", "error: host-pid (1)"),
        ("json", '"rule": "host-pid"'),
        ("sarif", '"ruleId": "host-pid"'),
        ("junit", '<testcase classname="policy.pods" name="host-pid" time="0">'),
        ("github", "title=host-pid::"),
        ("markdown", "| `host-pid` | error | 1 |"),
    ],
)
def test_every_format_goes_to_a_file_too(
    form: str, expected: str, platformctl: Run, fixtures: Path, tmp_path: Path
) -> None:
    """The report is in the file, the inventory on the terminal, the exit code that of the verdict."""
    file = fixtures / "invalid" / "host-pid" / "rollout.yaml"
    answer = platformctl("check", file, "--format", form, "--output", tmp_path / "report")

    assert answer.code == 1
    assert expected in (tmp_path / "report").read_text()
    assert answer.out.splitlines()[0] == "1 objects, 1 schema-checked, 1 policy-checked, 0 skipped"


def test_report_that_cannot_be_written_is_2(platformctl: Run, fixtures: Path, tmp_path: Path) -> None:
    """Somebody waits for that file."""
    file = fixtures / "valid" / "host-pid" / "rollout.yaml"
    answer = platformctl("check", file, "--output", tmp_path / "none" / "report")

    assert answer.code == 2
    assert answer.err.startswith("error: the report cannot be written")


def test_works_outside_of_a_checkout(platformctl: Run, fixtures: Path, tmp_path: Path) -> None:
    """Plain files need no repository around them."""
    shutil.copytree(fixtures / "valid" / "seccomp", tmp_path / "files")

    assert platformctl("check", "files", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("list.yaml", "- one\n- two\n", "list.yaml:1  not a Kubernetes object"),
        ("tabs.yaml", "kind: Pod\n\tname: x\n", "tabs.yaml:2  not YAML"),
        ("deep.yaml", "[" * 5000, "deep.yaml"),
        ("python.yaml", "a: !!python/object:os.system x\nkind: Pod\napiVersion: v1\n", "schema"),
        ("huge.yaml", f"kind: Pod\nname: 0x{'f' * 5000}\n", "huge.yaml:2  not YAML: a number that the API cannot hold"),
        ("infinite.yaml", "kind: Pod\nname: -.inf\n", "infinite.yaml:2  not YAML: a number that the API cannot hold"),
        ("nan.yaml", "kind: Pod\nname: .nan\n", "nan.yaml:2  not YAML: a number that the API cannot hold"),
        ("latin.yaml", b"kind: Pod\nname: caf\xe9\n", "latin.yaml  not UTF-8: byte 19"),
    ],
)
def test_unreadable_is_2_and_names_the_file(
    name: str, content: str | bytes, expected: str, platformctl: Run, tmp_path: Path
) -> None:
    """What cannot be judged is an error with its place, without a trace."""
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    answer = platformctl("check", tmp_path)

    assert answer.code in (1, 2)
    assert (answer.code == 1) == (expected == "schema")
    assert expected in answer.out
    assert "Traceback" not in answer.out + answer.err


def test_yaml_bomb_is_2(platformctl: Run, tmp_path: Path) -> None:
    """A few lines that stand for billions of values are refused, not unfolded."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    answer = platformctl("check", tmp_path)

    assert answer.code == 2
    assert "too many values behind its aliases" in answer.out


@pytest.mark.parametrize("content", [None, "", "# nothing\n---\n---\n"])
def test_nothing_evaluated_is_2(content: str | None, platformctl: Run, tmp_path: Path) -> None:
    """An empty folder, an empty file and empty documents are no pass."""
    if content is not None:
        (tmp_path / "empty.yaml").write_text(content)
    answer = platformctl("check", tmp_path)

    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert answer.out == ""


def test_missing_path_is_2(platformctl: Run, tmp_path: Path) -> None:
    """A path that is not there is no pass."""
    answer = platformctl("check", tmp_path / "nowhere")

    assert answer.code == 2
    assert answer.err == f"error: there is no file or folder {tmp_path / 'nowhere'}\n"


def test_link_out_of_the_folder_is_2(platformctl: Run, tmp_path: Path, fixtures: Path) -> None:
    """A folder's links must stay inside it."""
    (tmp_path / "away.yaml").symlink_to(fixtures / "valid" / "seccomp" / "rollout.yaml")
    answer = platformctl("check", tmp_path)

    assert answer.code == 2
    assert "leads out of" in answer.err


def test_conftest_absent_is_3(platformctl: Run, repo: Repo, cache: Path, fixtures: Path) -> None:
    """Without the program that runs the rules there is no verdict."""
    _conftest(repo, cache).unlink()
    answer = platformctl("check", fixtures / "valid", env={"XDG_CACHE_HOME": str(cache.parent)})

    assert answer.code == 3
    assert answer.err.startswith("error: conftest v")
    assert answer.out == ""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo nonsense; exit 1", "conftest printed something that is no result"),
        ("echo '[]'; exit 1", "conftest ran other rules"),
        ("echo '[]'", "conftest ended with 0"),
        ("kill -9 $$", "conftest ended with -9"),
    ],
)
def test_broken_conftest_is_3(
    script: str, expected: str, platformctl: Run, repo: Repo, cache: Path, fixtures: Path
) -> None:
    """A program that crashes, says nothing or prints rubbish is never a pass."""
    place = _conftest(repo, cache)
    place.unlink()
    place.mkdir()
    (place / "conftest").write_text(f"#!/bin/sh\n{script}\n")
    (place / "conftest").chmod(0o755)
    answer = platformctl("check", fixtures / "valid", env={"XDG_CACHE_HOME": str(cache.parent)})

    assert answer.code == 3
    assert expected in answer.err


def _rename(folder: Path) -> None:
    (folder / "seccomp.rego").rename(folder / "seccomp.rego.off")


def _retitle(folder: Path) -> None:
    file = folder / "seccomp.rego"
    file.write_text(file.read_text().replace("package rules.seccomp", "package rules.secomp"))


def _other_set(folder: Path) -> None:
    file = folder / "seccomp.rego"
    file.write_text(file.read_text().replace("violation contains", "violations contains"))


def _remove(folder: Path) -> None:
    (folder / "seccomp.rego").unlink()
    folder.rmdir()


@pytest.mark.parametrize(
    ("harm", "code"), [(_rename, 2), (_remove, 2), (_retitle, 3), (_other_set, 3)], ids=lambda value: str(value)
)
def test_rule_that_does_not_run_is_red(
    harm: object, code: int, platformctl: Run, checkout: Repo, fixtures: Path
) -> None:
    """A rule renamed, removed or mistyped is noticed, even where no object breaks it."""
    assert callable(harm)
    harm(checkout.root / "policy" / "rego" / "rules" / "seccomp")
    answer = platformctl("check", fixtures / "valid" / "host-pid", cwd=checkout.root)

    assert answer.code == code
    assert "seccomp" in answer.err
    assert answer.out == ""
