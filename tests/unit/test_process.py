"""The one way in which other programs are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.process import Command, ToolError, command, lines, run, text


def test_output_is_returned() -> None:
    """Standard output, as text."""
    assert text(command("printf", "one %s", "two")) == "one two"


def test_a_failure_can_be_pasted_into_a_shell() -> None:
    """The line, the code and the end of what the program said."""
    with pytest.raises(ToolError) as raised:
        run(Command(("sh", "-c", "echo 'no luck' >&2; exit 7"), env={"COLOUR": "dark blue"}))

    assert raised.value.what == "sh ended with 7"
    assert "COLOUR='dark blue' sh -c 'echo '\"'\"'no luck'\"'\"' >&2; exit 7'" in raised.value.why
    assert raised.value.why.endswith("no luck")
    assert raised.value.exit_code == 3


def test_a_missing_program_is_a_failure_and_not_a_trace() -> None:
    """It says what did not start."""
    with pytest.raises(ToolError, match="no-such-program did not start"):
        run(command("no-such-program"))


def test_a_program_that_hangs_is_ended() -> None:
    """After its timeout, with what it printed until then."""
    with pytest.raises(ToolError, match="sh did not start") as raised:
        run(command("sh", "-c", "echo waiting; exec sleep 60", timeout=0.5))

    assert "no end after" in raised.value.why
    assert "waiting" in raised.value.why


def test_secrets_are_in_no_message() -> None:
    """Neither in the line nor in what the program printed."""
    wanted = Command(("sh", "-c", "echo $0; exit 1", "hunter2"), secrets=("hunter2",))

    with pytest.raises(ToolError) as raised:
        run(wanted)

    assert "hunter2" not in str(raised.value)
    assert "***" in raised.value.why


def test_lines_are_given_as_soon_as_they_are_there(tmp_path: Path) -> None:
    script = f"read given; echo got $given; while [ ! -e {tmp_path}/seen ]; do sleep 0.01; done; printf 'a\\n\\nb'"
    found = lines(Command(("sh", "-c", script), stdin=b"it\n"))

    assert next(found) == b"got it"
    (tmp_path / "seen").touch()
    assert list(found) == [b"a", b"", b"b"]


def test_a_long_line_is_one(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 5_000_000 + b"\ny\n")

    assert [len(each) for each in lines(command("cat", tmp_path / "long"))] == [5_000_000, 1]


def test_lines_of_a_program_that_fails_end_with_its_complaint() -> None:
    found = lines(command("sh", "-c", "echo one; echo it broke >&2; exit 4"))

    assert next(found) == b"one"
    with pytest.raises(ToolError, match="sh ended with 4") as raised:
        next(found)
    assert "it broke" in raised.value.why


@pytest.mark.parametrize("script", ["echo one; exec sleep 60", "echo one; exec >&-; exec sleep 60"])
def test_lines_of_a_program_that_hangs_end(script: str) -> None:
    found = lines(Command(("sh", "-c", script), timeout=0.5))

    assert next(found) == b"one"
    with pytest.raises(ToolError, match="did not start") as raised:
        next(found)
    assert "no end after" in raised.value.why


def test_a_program_whose_lines_nobody_wants_any_more_is_ended(tmp_path: Path) -> None:
    found = lines(command("sh", "-c", f"echo $$ > {tmp_path}/pid; echo one; exec sleep 60"))
    next(found)
    found.close()

    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()


def test_a_missing_program_has_no_lines() -> None:
    with pytest.raises(ToolError, match="did not start"):
        next(lines(command("/nowhere/at-all")))
