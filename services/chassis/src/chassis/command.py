"""The command line of a service: one error boundary, exit 2 for a bad command or environment."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import TypeVar

from quart import Quart

from chassis.logs import configure_logging
from chassis.serve import serve
from chassis.service import Identity, health_of
from chassis.settings import ServiceSettings, SettingsError, read_settings

S = TypeVar("S", bound=ServiceSettings)
BAD_USAGE = 2
Command = Callable[[S, argparse.Namespace], None]


def run(
    identity: Identity,
    settings_type: type[S],
    create_app: Callable[[S], Quart],
    commands: Mapping[str, Command[S]] | None = None,
    configure: Callable[[argparse.ArgumentParser], None] | None = None,
) -> int:
    """Read the settings, run `serve` or one of `commands`; return the exit code."""

    def serve_app(settings: S, _arguments: argparse.Namespace) -> None:
        app = create_app(settings)
        serve(app, settings, health_of(app))

    table: dict[str, Command[S]] = {"serve": serve_app, **(commands or {})}
    parser = argparse.ArgumentParser(prog=identity.name)
    parser.add_argument("command", nargs="?", default="serve", choices=sorted(table))
    if configure:
        configure(parser)
    arguments = parser.parse_args()
    try:
        settings = read_settings(settings_type, os.environ)
        configure_logging(identity.name, settings.environment, settings.log_level)
        table[arguments.command](settings, arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(f"{identity.name}: {problem}", file=sys.stderr)
        return BAD_USAGE
    return 0
