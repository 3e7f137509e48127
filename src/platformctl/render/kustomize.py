"""One call of kustomize, with the options that an Application adds to its overlay."""

from __future__ import annotations

from pathlib import Path

import yaml

from platformctl.errors import PlatformError
from platformctl.process import ToolError, command, text

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def build(program: Path, overlay: Path, shown: str) -> str:
    """The YAML that an overlay renders to."""
    if not any((overlay / name).is_file() for name in NAMES):
        raise PlatformError(f"{shown} is no overlay", why="it has no kustomization.yaml")
    try:
        return text(command(program, "build", overlay))
    except ToolError as error:
        detail = error.output.strip().replace(f"{overlay}", shown)
        raise PlatformError(f"{shown} does not render", why=detail, fix=f"kustomize build {shown}") from error


def add_components(overlay: Path, components: tuple[str, ...]) -> None:
    """Add components to an overlay as Argo CD does: at the end of its own list."""
    path = next((overlay / name for name in NAMES if (overlay / name).is_file()), None)
    if path is None:
        return  # the build says so
    content = yaml.safe_load(path.read_text()) or {}
    listed = content.get("components") or []
    content["components"] = [*listed, *(component for component in components if component not in listed)]
    path.write_text(yaml.safe_dump(content, sort_keys=False))
