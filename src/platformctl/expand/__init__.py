"""The Applications that Git describes."""

from platformctl.expand.application import Application
from platformctl.expand.expected import Missing, missing
from platformctl.expand.fleets import applications

__all__ = ["Application", "Missing", "applications", "missing"]
