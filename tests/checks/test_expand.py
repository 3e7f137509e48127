"""The Applications that Git describes, and what is wrong with a description."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from platformctl import expand
from platformctl.errors import PlatformError
from platformctl.expand import Application
from platformctl.render import build
from platformctl.repo import Repo
from platformctl.tools.programs import program

from .small_platform import commit_id

TWIN = "- {name: web, revision: refs/heads/main}"


def _applications(repo: Repo, programs: Repo) -> tuple[Application, ...]:
    return expand.applications(repo, build(repo, program(programs, "render")))


def test_one_application_for_each_cluster_and_service(small_platform: Repo, repo: Repo) -> None:
    """Overlay, revision, destination and components come from the set and the cluster file."""

    def of(environment: str, revision: str) -> Application:
        return Application(
            name=f"web-{environment}",
            cluster=f"one/{environment}",
            project="services",
            server="https://kubernetes.default.svc",
            namespace=environment,
            revision=revision,
            path=f"overlays/{environment}/web",
            options='{"components":["../../../base/components/quiet"]}',
            file=f"clusters/one/{environment}.yaml",
        )

    found = _applications(small_platform, repo)

    assert found == (of("production", commit_id(small_platform.root)), of("staging", "refs/heads/main"))
    assert found[0].components == ("../../../base/components/quiet",)
    assert [each.line for each in found] == [5, 5]
    assert [each.content["metadata"]["name"] for each in found] == ["web-production", "web-staging"]


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("cluster:", "colour: blue\ncluster:", "clusters/one/staging.yaml: unknown key colour"),
        ("environment: staging\n", "", "clusters/one/staging.yaml: environment is missing"),
        ("revision:", "revisoin:", "clusters/one/staging.yaml: services[0]: unknown key revisoin"),
        ("refs/heads/main", "main", "clusters/one/staging.yaml: services[0]: revision is 'main'"),
        ("refs/heads/main", "4be1", "clusters/one/staging.yaml: services[0]: revision is '4be1'"),
        ("name: web", "name: ../web", "clusters/one/staging.yaml: services[0]: name is '../web'"),
        ("name: web", "name: '{{ .server }}'", "clusters/one/staging.yaml:5: services[0].name contains a template"),
        ("services:", "region: >-\n  eu\n  {{ .server }}\nservices:", "clusters/one/staging.yaml:4: region contains"),
        ("  - {", "  - {frozen: 'until }} then', ", "clusters/one/staging.yaml:5: services[0].frozen contains"),
        ("services:", '"{{ x }}": 1\nservices:', "clusters/one/staging.yaml:4: {{ x }} contains a template"),
        ("services:", "services: 1\nregion:", "clusters/one/staging.yaml: services is no list"),
        ("cluster: staging", "cluster: other", "clusters/one/staging.yaml: cluster is other, but the file is"),
        ("cluster: staging", "cluster: a\ncluster: b", "clusters/one/staging.yaml:2: the key cluster stands twice"),
        ("cluster: staging", "cluster: [", "clusters/one/staging.yaml:3: not YAML"),
        ("  - {name", f"  {TWIN}\n  - {{name", "clusters/one/staging.yaml: services names web twice"),
    ],
)  # fmt: skip
def test_wrong_cluster_file_is_named(old: str, new: str, error: str, small_platform: Repo, repo: Repo) -> None:
    """One line says which file and which key."""
    path = small_platform.root / "clusters" / "one" / "staging.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(PlatformError) as caught:
        _applications(small_platform, repo)

    assert str(caught.value).splitlines()[0].startswith(f"error: {error}")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("{{ .name }}-{{ .cluster }}", "{{ .name }}-{{ .colour }}", "services: failed to execute go template"),
        ("{{ .name }}-{{ .cluster }}", "{{ .name }}", "services: it generates two Applications called web"),
        (".services | toJson", ".addOns | toJson", 'map has no entry for key "addOns"'),
        ("clusters/one/*.yaml", "clusters/two/*.yaml", "services: it makes no Application"),
        ("- list:", "- lists:", 'unknown field "spec.generators[0].matrix.generators[1].lists"'),
        ("- list: {elementsYaml: '{{ .services | toJson }}'}", "- plugin: {configMapRef: {name: x}}", "asks a plugin"),
        ("kustomize: {components:", "kustomize: {version: v1, components:", "kustomize.version is not supported"),
        ("kustomize: {components:", "helm: {}\n        kustomize: {components:", "source.helm is not supported"),
        ("source:", "sources: [{repoURL: https://example.com/platform.git}]\n      source:", "spec.sources is"),
        ("revision: refs/heads/main", "revision: " + "a" * 40, f"the commit {'a' * 40} is not in this checkout"),
        ("- git:\n              repoURL: https://ex", "- git:\n              repoURL: https://x.ex", "2 repositories"),
        ("project: services", "project: other", "error getting project other"),
        ("kind: ApplicationSet", "kind: Rollout", "there is no Application"),
    ],
)  # fmt: skip
def test_set_that_cannot_be_expanded_is_an_error(
    old: str, new: str, error: str, small_platform: Repo, repo: Repo
) -> None:
    """Whatever the controller would refuse, or could say only with a cluster at hand."""
    path = small_platform.root / "apps" / "services.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(PlatformError, match="clusters/one") as caught:
        _applications(small_platform, repo)

    assert error in str(caught.value)
    assert caught.value.exit_code == 2


def test_two_sets_that_give_one_name_are_an_error(small_platform: Repo, repo: Repo) -> None:
    """The second would take over the Application of the first."""
    path = small_platform.root / "apps" / "services.yaml"
    one = path.read_text()
    other = one.partition("---\n")[0].replace("{name: services, namespace", "{name: others, namespace")
    path.write_text(f"{one}\n---\n{other}")

    with pytest.raises(PlatformError, match="clusters/one: two Applications are called web-production, web-staging"):
        _applications(small_platform, repo)


def test_options_of_the_source_are_kept(small_platform: Repo, repo: Repo) -> None:
    """All that Argo CD gives to kustomize, filled, in an order that does not matter."""
    path = small_platform.root / "apps" / "services.yaml"
    path.write_text(
        path.read_text().replace("kustomize: {", "kustomize: {namePrefix: '{{ .cluster }}-', images: [a=b], ")
    )

    found = _applications(small_platform, repo)

    assert found[0].kustomize == {
        "components": ["../../../base/components/quiet"], "images": ["a=b"], "namePrefix": "production-",
    }  # fmt: skip
    assert found[0].options.startswith('{"components":')


def _outside(path: Path) -> None:
    target = path.parents[3] / "outside.yaml"
    path.rename(target)
    path.symlink_to(target)


def _huge(path: Path) -> None:
    with path.open("ab") as file:
        file.truncate(1024**3)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_outside, "clusters/one/staging.yaml leads out of the repository"),
        (_huge, "clusters/one/staging.yaml is larger than 64 MiB"),
        (lambda path: path.write_bytes(b"cluster: \xff\n"), "clusters/one/staging.yaml cannot be read"),
        (lambda path: path.write_text("cluster: *nothing\n"), "clusters/one/staging.yaml:1: not YAML"),
        (lambda path: path.write_text("- cluster\n"), "clusters/one/staging.yaml is no mapping"),
        (lambda path: path.write_text(""), "clusters/one/staging.yaml is no mapping"),
        (lambda path: path.write_text("region: &a [x]\nservices: *a\n"), "clusters/one/staging.yaml: "),
    ],
)
def test_spoilt_cluster_file_is_named(
    spoil: Callable[[Path], None], error: str, small_platform: Repo, repo: Repo
) -> None:
    """Whatever it is, it is not expanded without it."""
    spoil(small_platform.root / "clusters" / "one" / "staging.yaml")

    with pytest.raises(PlatformError) as caught:
        _applications(small_platform, repo)

    assert caught.value.what.startswith(error)


def test_large_cluster_file_is_judged_again_when_it_changes(small_platform: Repo, repo: Repo) -> None:
    """Its values are kept by content, and nothing that is wrong is."""
    path = small_platform.root / "clusters" / "one" / "staging.yaml"
    rows = [f'  - {{name: s{number}, revision: refs/heads/main, frozen: "owner"}}' for number in range(100)]
    path.write_text("\n".join([path.read_text().rstrip(), *rows]))
    first, again = _applications(small_platform, repo), _applications(small_platform, repo)
    path.write_text(path.read_text().replace("owner", "{{ .x }}"))

    assert len(first) == 102
    assert [(each, each.line) for each in again] == [(each, each.line) for each in first]
    assert [each.line for each in first if each.name == "s99-staging"] == [105]
    with pytest.raises(PlatformError, match=r"clusters/one/staging.yaml:6: services\[1\].frozen contains a template"):
        _applications(small_platform, repo)


@pytest.mark.parametrize("pattern", ["clusters/one/*g.yaml", "clusters/one/*.yaml"])
def test_no_cluster_is_an_error(pattern: str, small_platform: Repo, repo: Repo) -> None:
    """A fleet without cluster files, and a repository without fleets."""
    for path in small_platform.root.glob(pattern):
        path.unlink()
    if pattern.endswith("/*.yaml"):
        (small_platform.root / "clusters" / "one").rmdir()
    else:
        (small_platform.root / "clusters" / "one" / "production.yaml").unlink()

    with pytest.raises(PlatformError, match=r"clusters/one describes no cluster|there is no fleet"):
        _applications(small_platform, repo)


def test_this_repository_expands(repo: Repo) -> None:
    """Every cluster of every fleet gets each of the three services once."""
    found = _applications(repo, repo)
    files = {str(Path(each.file)) for each in found if "/" in each.cluster}
    expected = {str(path.relative_to(repo.root)) for path in repo.root.glob("clusters/*/*.yaml")}

    assert files == {name for name in expected if not name.endswith("kustomization.yaml")}
    for cluster in {each.cluster for each in found if "/" in each.cluster}:
        paths = [each.path for each in found if each.cluster == cluster and each.project == "services"]
        assert sorted(path.rsplit("/", 1)[-1] for path in paths) == ["frontend", "order-api", "product-api"]
