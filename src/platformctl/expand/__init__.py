"""The Applications that Git describes."""

from platformctl.expand.application import Application
from platformctl.expand.expected import Missing, missing
from platformctl.expand.fleets import applications

IN_CLUSTER = "https://kubernetes.default.svc"  # what each Argo CD calls the API server that it runs on

__all__ = ["IN_CLUSTER", "Application", "Missing", "applications", "missing"]
