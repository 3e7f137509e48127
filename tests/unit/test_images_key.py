"""What changes the key of an image, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.images import catalogue
from platformctl.images.fingerprint import Fingerprints
from platformctl.images.key import key
from platformctl.repo import Repo

BASES = {"BUILDER": "a", "RUNTIME": "b"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "services/shop/Dockerfile": "ARG BUILDER\nARG RUNTIME\nFROM ${RUNTIME}\n",
        "services/shop/pyproject.toml": '[project]\nname = "shop"\nversion = "1.2.3"\n',
        "services/shop/src/shop/main.py": "print(1)\n",
        "services/shop/src/shop/tests/__init__.py": "",
        "services/shop/tests/test_main.py": "",
        "services/chassis/src/chassis/serve.py": "",
        "services/chassis/tests/test_serve.py": "",
        "services/other/src/other/main.py": "",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def key_of(checkout: Path, **bases: str) -> str:
    inputs = catalogue.Inputs({}, lambda tool: checkout, lambda tool: "v1.0.0")
    recipe = catalogue.recipe(Repo(checkout), "shop", inputs)
    return key(recipe, BASES | bases, Fingerprints(checkout / "memory.json"))


@pytest.mark.parametrize(
    "name",
    [
        "services/shop/Dockerfile",
        "services/shop/pyproject.toml",
        "services/shop/src/shop/main.py",
        "services/shop/src/shop/tests/__init__.py",  # only the folder `tests` at the top is left out
        "services/chassis/src/chassis/serve.py",
    ],
)
def test_a_changed_source_changes_the_key(checkout: Path, name: str) -> None:
    before = key_of(checkout)
    with (checkout / name).open("a") as file:
        file.write("# changed\n")
    assert key_of(checkout) != before


@pytest.mark.parametrize(
    "name",
    [
        "services/shop/tests/test_main.py",
        "services/shop/tests/test_new.py",
        "services/chassis/tests/test_serve.py",
        "services/other/src/other/main.py",
        "services/shop/src/shop/__pycache__/main.cpython-311.pyc",
        "services/shop/.mypy_cache/x.json",
        "services/shop/shop.egg-info/PKG-INFO",
        "services/shop/shop.sqlite3",
    ],
)
def test_what_no_image_holds_does_not_change_the_key(checkout: Path, name: str) -> None:
    before = key_of(checkout)
    path = checkout / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed\n")
    assert key_of(checkout) == before


def test_an_added_removed_or_renamed_source_changes_the_key(checkout: Path) -> None:
    main = checkout / "services/shop/src/shop/main.py"
    keys = {key_of(checkout)}
    main.rename(main.with_name("start.py"))
    keys.add(key_of(checkout))
    main.write_text("print(1)\n")
    keys.add(key_of(checkout))
    assert len(keys) == 3


def test_modes_count_only_by_the_executable_bit(checkout: Path) -> None:
    main = checkout / "services/shop/src/shop/main.py"
    main.chmod(0o644)
    before = key_of(checkout)
    main.chmod(0o600)  # another umask
    assert key_of(checkout) == before
    main.chmod(0o755)
    assert key_of(checkout) != before


def test_another_base_changes_the_key(checkout: Path) -> None:
    assert key_of(checkout, RUNTIME="c") != key_of(checkout)


def test_a_remembered_hash_is_dropped_when_a_large_file_changes(tmp_path: Path) -> None:
    large, memory = tmp_path / "program", tmp_path / "memory.json"
    large.write_bytes(b"a" * (1 << 20))
    first = Fingerprints(memory)
    before = first.of(large)
    first.save()
    assert memory.is_file()
    assert Fingerprints(memory).of(large) == before
    large.write_bytes(b"b" * (1 << 20))
    assert Fingerprints(memory).of(large) != before


def test_a_damaged_memory_is_no_failure(tmp_path: Path) -> None:
    large, memory = tmp_path / "program", tmp_path / "memory.json"
    large.write_bytes(b"a" * (1 << 20))
    memory.write_text('{"' + str(large) + '": "nonsense"}')
    good = Fingerprints(tmp_path / "other.json").of(large)
    assert Fingerprints(memory).of(large) == good
    memory.write_text("[")
    assert Fingerprints(memory).of(large) == good
