"""Text of others made harmless: names and messages come from manifests that anybody may write."""

from __future__ import annotations

import unicodedata

# control and format characters (also those that turn the direction of writing), line ends, surrogates, private use
_UNSAFE = ("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")


def line(text: str) -> str:
    """One line that shows what it holds and commands nobody: neither a terminal nor a build server."""
    if text.isascii() and text.isprintable():
        safe = text
    else:
        safe = "".join(_visible(each) if unicodedata.category(each) in _UNSAFE else each for each in text)
    if safe.lstrip().startswith("::"):
        safe = safe.replace("::", ": :", 1)
    return safe.replace("##[", "## [")


def _visible(character: str) -> str:
    code = ord(character)
    if character == "\n":
        return "\\n"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
