"""python -m frontend [serve | hash-password]."""

import argparse
import sys

from chassis.command import run
from frontend.settings import Settings

SHORTEST_PASSWORD = 12


def serve_command(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    from chassis.serve import serve
    from frontend.app import create_app

    serve(create_app(settings), settings)


def print_hash() -> int:
    """Read a password from standard input and print its hash for TECHCOMMERCE_STAFF; needs no settings."""
    from frontend.accounts import LONGEST_PASSWORD, hash_password

    password = sys.stdin.readline().rstrip("\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        rule = f"a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters is wanted on standard input"
        print(f"frontend: {rule}", file=sys.stderr)
        return 2
    print(hash_password(password))
    return 0


if __name__ == "__main__":
    sys.exit(print_hash() if sys.argv[1:] == ["hash-password"] else run("frontend", Settings, {"serve": serve_command}))
