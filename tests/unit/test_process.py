"""The one way in which other programs are called."""

from __future__ import annotations

import pytest

from platformctl.process import Command, ToolError, command, run, text


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
