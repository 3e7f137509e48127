"""`python -m tests.fuzz TARGET [libFuzzer options] [CORPUS]`: one parser under a coverage-guided fuzzer."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["platformctl", "yaml"]):
    from tests.fuzz import targets


def main() -> None:
    """Fuzz until a failure or the end of -runs."""
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, {**targets.TARGETS, "planted": targets.planted}[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
