"""Elements of SVG as text, everything in them escaped."""

from __future__ import annotations

from markupsafe import Markup, escape


def element(tag: str, *children: str | Markup, **attributes: object) -> Markup:
    """An element; an underscore in an attribute's name stands for a hyphen, and one at its end for nothing."""
    words = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_shown(value))}"' for name, value in attributes.items()
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup(f"<{tag}{words}>{inside}</{tag}>" if children else f"<{tag}{words}/>")  # noqa: S704 - all escaped


def _shown(value: object) -> str:
    """Numbers with one decimal: a screen shows no more, and golden files do not depend on the last bits."""
    return f"{value:.1f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
