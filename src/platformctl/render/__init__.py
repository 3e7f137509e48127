"""What an overlay applies: kustomize at the overlay's revision."""

from platformctl.render.sources import Rendered, Source, render

__all__ = ["Rendered", "Source", "render"]
