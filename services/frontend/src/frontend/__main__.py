"""python -m frontend [serve]."""

import sys

from chassis.command import run
from frontend.app import IDENTITY, create_app
from frontend.settings import Settings

if __name__ == "__main__":
    sys.exit(run(IDENTITY, Settings, create_app))
