"""What an overlay applies: kustomize at the overlay's revision."""

from platformctl.render.sources import Rendered, Source, build, render, texts

__all__ = ["Rendered", "Source", "build", "render", "texts"]
