"""python -m frontend [serve]."""

import argparse
import sys

from chassis.command import run
from frontend.settings import Settings


def serve_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    from chassis.serve import serve
    from frontend.app import create_app

    serve(create_app(settings), settings)


if __name__ == "__main__":
    sys.exit(run("frontend", Settings, {"serve": serve_command}))
