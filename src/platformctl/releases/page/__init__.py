"""The report of a release as one HTML page that needs nothing else."""

from platformctl.releases.page.html import page

__all__ = ["page"]
