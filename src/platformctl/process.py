"""The one module that starts other programs."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from platformctl.errors import TOOL_FAILURE, PlatformError

OUTPUT_TAIL = 30  # lines of a failed program's output that an error repeats


@dataclass(frozen=True)
class Command:
    """A program with its arguments; `env` is added to this process's environment, `timeout` is in seconds.

    `secrets` are words that no message may show.
    """

    argv: tuple[str, ...]
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 120.0
    stdin: bytes | None = None
    secrets: tuple[str, ...] = ()

    def hide(self, words: str) -> str:
        """The text without the secrets."""
        for secret in self.secrets:
            words = words.replace(secret, "***")
        return words

    def shell_line(self) -> str:
        """One line that can be pasted into a shell."""
        variables = [f"{name}={shlex.quote(value)}" for name, value in sorted(self.env.items())]
        return self.hide(" ".join([*variables, shlex.join(self.argv)]))


class ToolError(PlatformError):
    """A program failed: carries the pasteable line, the return code and the end of its output."""

    def __init__(self, command: Command, returncode: int | None, output: str, *, fix: str = "") -> None:
        ended = "did not start" if returncode is None else f"ended with {returncode}"
        output = command.hide(output)
        tail = "\n".join(output.strip().splitlines()[-OUTPUT_TAIL:])
        super().__init__(
            f"{Path(command.argv[0]).name} {ended}",
            why=f"{command.shell_line()}\n{tail}".rstrip(),
            fix=fix,
            exit_code=TOOL_FAILURE,
        )
        self.returncode = returncode
        self.output = output


def command(
    *argv: str | Path, cwd: Path | None = None, timeout: float = 120.0, env: Mapping[str, str] | None = None
) -> Command:
    """Build a `Command` from plain arguments."""
    return Command(tuple(str(word) for word in argv), cwd=cwd, env=env or {}, timeout=timeout)


def run(
    wanted: Command, *, ok: Sequence[int] = (0,), pass_fds: Sequence[int] = ()
) -> subprocess.CompletedProcess[bytes]:
    """Run to the end and return the result; raise `ToolError` on another code than `ok` or after the timeout."""
    try:
        done = subprocess.run(
            wanted.argv,
            cwd=wanted.cwd,
            env={**os.environ, **wanted.env},
            input=wanted.stdin,
            stdin=subprocess.DEVNULL if wanted.stdin is None else None,
            capture_output=True,
            timeout=wanted.timeout,
            check=False,
            pass_fds=pass_fds,
        )
    except subprocess.TimeoutExpired as expired:
        output = (expired.stdout or b"") + (expired.stderr or b"")
        raise ToolError(
            wanted, None, f"no end after {wanted.timeout:.0f} s\n{output.decode(errors='replace')}"
        ) from expired
    except OSError as error:
        raise ToolError(wanted, None, str(error), fix=f"is {wanted.argv[0]} installed?") from error
    if done.returncode not in ok:
        output_text = (done.stdout + done.stderr).decode(errors="replace")
        raise ToolError(wanted, done.returncode, output_text)
    return done


def text(wanted: Command, *, ok: Sequence[int] = (0,)) -> str:
    """Run to the end and return what the program printed on its standard output."""
    return run(wanted, ok=ok).stdout.decode()


def lines(wanted: Command) -> Iterator[bytes]:
    """Run, and give each line of the output as soon as it is there; at the end as `run` with return code 0."""
    deadline = time.monotonic() + wanted.timeout
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
        given.write(wanted.stdin or b"")
        given.seek(0)
        child = _child(wanted, stdin=given, stdout=subprocess.PIPE, stderr=complaints)
        try:
            yield from _split(_chunks(cast("IO[bytes]", child.stdout), deadline))
            code = wait(child, deadline)
        finally:
            child.kill()
            child.wait()
            cast("IO[bytes]", child.stdout).close()
        complaints.seek(0)
        output = complaints.read().decode(errors="replace")
        if code is None:
            raise ToolError(wanted, None, f"no end after {wanted.timeout:.0f} s\n{output}")
        if code != 0:
            raise ToolError(wanted, code, output)


def _chunks(output: IO[bytes], deadline: float) -> Iterator[bytes]:
    """What is written, until the end of the file or of the time."""
    while select.select([output], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(output.fileno(), 1 << 20)
        if not chunk:
            return
        yield chunk


def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
    begun: list[bytes] = []  # a line of some megabytes comes in many chunks
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        begun.append(first)
        if others:
            yield b"".join(begun)
            yield from others[:-1]
            begun = [others[-1]]
    if any(begun):
        yield b"".join(begun)


@contextmanager
def started(wanted: Command, output: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that writes to `output`; it is ended when the block is left."""
    child = _child(wanted, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield child
    finally:
        end(child)


def spawn(wanted: Command, log: Path) -> subprocess.Popen[bytes]:
    """Start a program that outlives this call, in a session of its own, its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return _child(wanted, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)


def _child(wanted: Command, **options: Any) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(wanted.argv, cwd=wanted.cwd, env={**os.environ, **wanted.env}, **options)
    except OSError as error:
        raise ToolError(wanted, None, str(error), fix=f"is {wanted.argv[0]} installed?") from error


def end(child: subprocess.Popen[bytes], grace: float = 10.0) -> None:
    """End a child: SIGTERM, then SIGKILL after `grace` seconds."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait(child: subprocess.Popen[bytes], deadline: float) -> int | None:
    """The child's return code, or None when it still runs at `deadline` (of `time.monotonic()`)."""
    try:
        return child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
