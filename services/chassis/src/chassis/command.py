"""The command line of a service: one error boundary, exit 2 for a bad command or environment."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from chassis.logs import configure_logging
from chassis.settings import ServiceSettings, SettingsError, read_settings

S = TypeVar("S", bound=ServiceSettings)
BAD_USAGE = 2
Command = Callable[[S, argparse.Namespace], None]


def run(
    name: str,
    settings_type: type[S],
    commands: Mapping[str, Command[S]],
    configure: Callable[[argparse.ArgumentParser], None] | None = None,
) -> int:
    """Read the settings and run one of `commands`, `serve` by default; return the exit code.

    A command imports what it needs when it is called: imports are most of what a start takes.
    """
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("command", nargs="?", default="serve", choices=sorted(commands))
    if configure:
        configure(parser)
    arguments = parser.parse_args()
    try:
        settings = read_settings(settings_type, os.environ)
        configure_logging(name, settings.environment, settings.log_level)
        commands[arguments.command](settings, arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(f"{name}: {problem}", file=sys.stderr)
        return BAD_USAGE
    return 0
