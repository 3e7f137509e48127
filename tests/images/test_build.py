"""A small image, really built on the Debian base, stored and served."""

from __future__ import annotations

import http.client
import io
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.images import debian, index, places
from platformctl.images.build import Image, build_missing, digests
from platformctl.images.buildah import working_containers
from platformctl.images.registry import serving
from platformctl.images.workplace import clean
from platformctl.repo import Repo
from platformctl.tools.lock import held
from platformctl.tools.programs import program

REPO = Repo.find(Path(__file__).parent)
DOCKERFILE = """ARG BUILDER=debian:bookworm-slim
FROM ${BUILDER} AS builder
COPY chassis/src /app
COPY tiny/src /app
RUN date > /now && echo built > /app/built && chmod 0755 /app/built

FROM scratch
COPY --from=builder /app /app
USER 10001:10001
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="building images needs root")


@pytest.fixture(scope="session")
def debian_archive() -> Path:
    """The base system of this user, made when missing: debootstrap takes half a minute."""
    if not places.rootfs().is_file():
        console = Console(sys.stderr)
        with held(places.home() / "lock", console, "builds images"), clean():
            debian.make_rootfs(console)
    return places.rootfs()


@pytest.fixture(scope="session")
def registry_program() -> Path:
    return program(REPO, "registry")


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory, debian_archive: Path, registry_program: Path) -> Path:
    """A cache of its own for these tests, with the base system in it."""
    cache = tmp_path_factory.mktemp("cache")
    (cache / "techcommerce" / "images").mkdir(parents=True)
    shutil.copy2(debian_archive, cache / "techcommerce" / "images" / "debian.tar")
    return cache


@pytest.fixture
def cache(shared_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(shared_cache))
    yield shared_cache / "techcommerce"
    assert not mounts_below(shared_cache)
    assert not places.work().exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Repo:
    """A checkout with one service."""
    for folder in ("debian", "static", "python"):
        shutil.copytree(REPO.root / "tools" / "images" / folder, tmp_path / "tools" / "images" / folder)
    shutil.copy(REPO.root / "tools" / "build.toml", tmp_path / "tools")
    for path in [*(REPO.root / "tools").glob("*/go.*"), *(REPO.root / "tools").glob("*/**/*.go")]:
        target = tmp_path / path.relative_to(REPO.root)
        target.parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(path, target)
    for name, content in {
        "tiny/Dockerfile": DOCKERFILE,
        "tiny/pyproject.toml": '[project]\nname = "tiny"\nversion = "0.0.1"\n',
        "tiny/src/main.py": f"print({str(tmp_path)!r})\n",  # another image in every test
        "chassis/src/serve.py": "",
    }.items():
        path = tmp_path / "services" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Repo(tmp_path)


SCRIPT = """
import signal
import sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's job in the background ignores it
from pathlib import Path
from platformctl.console import Console
from platformctl.images.build import build_missing
from platformctl.repo import Repo
images = build_missing(Repo(Path(sys.argv[1])), Console(), programs={"registry": Path(sys.argv[2])}, names=["tiny"])
print(images["tiny"].built, images["tiny"].digest)
"""


def in_another_process(repo: Repo, registry_program: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(repo.root), str(registry_program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # as a terminal's shell does: an interrupt reaches the whole group
    )


def mounts_below(folder: Path) -> list[str]:
    return [line for line in Path("/proc/mounts").read_text().splitlines() if str(folder) in line]


def built(repo: Repo, registry_program: Path, *, force: bool = False) -> tuple[Image, str]:
    output = io.StringIO()
    images = build_missing(repo, Console(output), programs={"registry": registry_program}, names=["tiny"], force=force)
    return images["tiny"], output.getvalue()


def test_it_is_built_once_reproducible_and_served(cache: Path, checkout: Repo, registry_program: Path) -> None:
    first, _ = built(checkout, registry_program)
    assert first.built
    assert first.reference == "ghcr.io/techcommerce/tiny:0.0.1"
    assert index.read(places.index_file())["tiny"].digest == first.digest
    assert digests(["tiny"]) == {"tiny": first.digest}

    again, output = built(checkout, registry_program)
    assert (again.built, again.digest, output) == (False, first.digest, "")

    forced, _ = built(checkout, registry_program, force=True)
    assert forced.built
    assert forced.digest == first.digest

    with serving(registry_program, places.registry_store()) as address:
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request(
            "HEAD",
            f"/v2/techcommerce/tiny/manifests/{first.digest}",
            headers={"Accept": "application/vnd.oci.image.manifest.v1+json"},
        )
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Docker-Content-Digest"]) == (200, first.digest)
        answer.read()
        connection.request("DELETE", f"/v2/techcommerce/tiny/manifests/{first.digest}")
        assert connection.getresponse().status == http.HTTPStatus.METHOD_NOT_ALLOWED
        connection.close()
    shutil.rmtree(places.work())


def test_a_changed_source_gives_another_image_and_a_changed_test_does_not(
    cache: Path, checkout: Repo, registry_program: Path
) -> None:
    first, _ = built(checkout, registry_program)
    tests = checkout.root / "services" / "tiny" / "tests"
    tests.mkdir()
    (tests / "test_main.py").write_text("")
    assert not built(checkout, registry_program)[0].built
    (checkout.root / "services" / "tiny" / "src" / "main.py").write_text("print('another')\n")
    second, _ = built(checkout, registry_program)
    assert second.digest != first.digest
    entries = {name: entry.digest for name, entry in index.read(places.index_file()).items()}
    assert entries == {"tiny": second.digest}


def test_a_removed_store_and_a_corrupt_index_heal_without_a_build(
    cache: Path, checkout: Repo, registry_program: Path
) -> None:
    first, _ = built(checkout, registry_program)
    shutil.rmtree(places.registry_store())
    with pytest.raises(PlatformError, match="not built: tiny"):
        digests(["tiny"])
    healed, _ = built(checkout, registry_program)
    assert (healed.built, healed.digest) == (True, first.digest)
    places.index_file().write_text("{")
    healed, output = built(checkout, registry_program)
    assert healed.digest == first.digest
    assert "cannot be understood" in output
    log = places.log_file("tiny").read_text()
    assert (log.count(" build --isolation"), log.count(" push ")) == (1, 3)  # stored again, not built again
    assert not built(checkout, registry_program)[0].built


def test_a_failed_build_tells_the_end_of_the_log_and_leaves_nothing(
    cache: Path, checkout: Repo, registry_program: Path
) -> None:
    dockerfile = checkout.root / "services" / "tiny" / "Dockerfile"
    dockerfile.write_text(DOCKERFILE.replace("RUN date", "RUN echo it is $((6 * 7)) && false && date"))
    with pytest.raises(PlatformError, match="image tiny could not be built") as caught:
        built(checkout, registry_program)
    assert caught.value.exit_code == 3
    assert "it is 42" in caught.value.why
    assert str(places.log_file("tiny")) in caught.value.fix
    assert working_containers() == []
    shutil.rmtree(places.work())


def test_a_registry_that_does_not_start_is_told(cache: Path, checkout: Repo) -> None:
    with pytest.raises(PlatformError, match="registry program does not start") as caught:
        built(checkout, Path("/bin/false"))
    assert caught.value.exit_code == 3


def test_two_runs_at_once_build_it_once(cache: Path, checkout: Repo, registry_program: Path) -> None:
    children = [in_another_process(checkout, registry_program) for _ in range(2)]
    results = sorted(child.communicate(timeout=60)[0].splitlines()[-1].split() for child in children)
    assert [built for built, _ in results] == ["False", "True"]
    assert results[0][1] == results[1][1]


def test_a_failed_debootstrap_leaves_nothing_half_made(
    tmp_path: Path, registry_program: Path, checkout: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "bin" / "debootstrap"
    failing.parent.mkdir()
    failing.write_text('#!/bin/sh\nmkdir -p "$3/usr/bin"\necho "E: no mirror"\nexit 1\n')
    failing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{failing.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(PlatformError, match="base system could not be made") as caught:
        built(checkout, registry_program)
    assert (caught.value.exit_code, "E: no mirror" in caught.value.why) == (3, True)
    assert not places.rootfs().exists()
    assert not places.work().exists()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_or_interrupted_run_leaves_nothing_and_the_next_one_goes_on(
    cache: Path, checkout: Repo, registry_program: Path, ending: signal.Signals
) -> None:
    dockerfile = checkout.root / "services" / "tiny" / "Dockerfile"
    dockerfile.write_text(DOCKERFILE.replace("RUN date", "RUN echo it-waits && sleep 613 && date"))
    log = places.log_file("tiny")
    log.unlink(missing_ok=True)
    child = in_another_process(checkout, registry_program)
    wait_until(lambda: log.is_file() and log.read_text().splitlines().count("it-waits") == 1, child)
    if ending == signal.SIGINT:
        os.killpg(child.pid, signal.SIGINT)
        assert "KeyboardInterrupt" in child.communicate(timeout=8)[0]
    else:
        child.kill()
        child.communicate()
    wait_until(lambda: not processes_of(str(places.home())) and not processes_of("sleep 613"), None)
    assert not mounts_below(cache)
    dockerfile.write_text(DOCKERFILE)
    assert built(checkout, registry_program)[0].built
    assert working_containers() == []
    shutil.rmtree(places.work())


def processes_of(words: str) -> list[str]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line:
            lines.append(line)
    return lines


def wait_until(condition: Callable[[], bool], child: subprocess.Popen[str] | None) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert child is None or child.poll() is None, "it ended too early"
        assert time.monotonic() < deadline, "waited for 60 s"
        time.sleep(0.05)
