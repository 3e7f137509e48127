"""The command line: one group, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import importlib
import sys
import tempfile
import traceback

import click

from platformctl.errors import INTERRUPTED, TOOL_FAILURE, USAGE, PlatformError

# name -> module of platformctl.commands; imported when called, so that `--help` of one does not load them all
COMMANDS = {
    "apps": "apps",
    "check": "check",
    "dev": "dev",
    "down": "down",
    "explain": "explain",
    "images": "images",
    "release": "release",
    "render": "render",
    "status": "status",
    "supervise": "supervise",
    "tools": "tools",
    "up": "up",
    "vendor": "vendor",
    "verify": "verify",
}


class Commands(click.Group):
    """The commands of `COMMANDS`, loaded one at a time."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names for the help text."""
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"platformctl.commands.{COMMANDS[name]}")
        found: click.Command = module.command
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="platformctl")
def platformctl() -> None:
    """The TechCommerce platform: gate, render and the local cluster."""


def main() -> None:
    """Run a command and exit: 0 pass, 1 findings, 2 usage or configuration, 3 tool failure or bug, 130 interrupted."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        code = platformctl.main(standalone_mode=False)  # what the command returned
    except click.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return USAGE
    except PlatformError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except Exception:
        return _report_bug()
    return code if isinstance(code, int) else 0


def _report_bug() -> int:
    with tempfile.NamedTemporaryFile("w", prefix="platformctl-bug-", suffix=".log", delete=False) as log:
        log.write(f"{sys.argv}\nPython {sys.version}\n{traceback.format_exc()}")
    last = traceback.format_exc().strip().splitlines()[-1]
    print(
        PlatformError(f"a bug in platformctl: {last}", fix=f"please report it with {log.name}"),
        file=sys.stderr,
    )
    return TOOL_FAILURE
