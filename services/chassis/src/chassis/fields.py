"""Fields of a JSON object, checked one by one so that every mistake is reported at once."""

from collections.abc import Mapping
from typing import Any

INT32_MAX = 2**31 - 1  # the width of the integer columns


class FieldsError(Exception):
    """Some fields are not valid; `errors` is a list of {"pointer", "detail"} (RFC 6901 pointers)."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(f"{error['pointer']}: {error['detail']}" for error in errors))
        self.errors = errors


class Fields:
    """Reads an object; `finish` raises FieldsError if anything was wrong or left over."""

    def __init__(self, source: object, pointer: str = "", errors: list[dict[str, str]] | None = None) -> None:
        self._errors: list[dict[str, str]] = [] if errors is None else errors
        self._pointer = pointer
        self._seen: set[str] = set()
        self._source: Mapping[str, Any] = {}
        if isinstance(source, dict):
            self._source = source
        else:
            self.refuse("", "must be an object")

    def text(
        self, name: str, *, longest: int, shortest: int = 1, default: str | None = None, lines: bool = False
    ) -> str:
        """Trimmed text without control characters; `lines` allows line breaks."""
        value = self._take(name, default)
        if not isinstance(value, str):
            self._wrong(name, value, "must be text")
            return ""
        value = value.strip()
        if not shortest <= len(value) <= longest:
            self.refuse(name, f"must have {shortest} to {longest} characters")
        # PostgreSQL refuses NUL, and no encoding has lone surrogates
        if any(not (char.isprintable() or (lines and char == "\n")) for char in value):
            self.refuse(name, "must not contain control characters")
        return value

    def integer(self, name: str, *, least: int, most: int = INT32_MAX, default: int | None = None) -> int:
        """A whole number from `least` to `most`; booleans and fractions are refused."""
        value = self._take(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(name, value, "must be a whole number")
            return least
        if not least <= value <= most:
            self.refuse(name, f"must be from {least} to {most}")
        return value

    def child(self, name: str) -> "Fields":
        """A nested object, reporting into this one's list of errors."""
        return Fields(self._take(name, None), f"{self._pointer}/{name}", self._errors)

    def children(self, name: str, *, most: int) -> list["Fields"]:
        """A list of 1 to `most` nested objects."""
        value = self._take(name, None)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            self.refuse(name, f"must be a list of 1 to {most} objects")
            return []
        return [Fields(item, f"{self._pointer}/{name}/{index}", self._errors) for index, item in enumerate(value)]

    def refuse(self, name: str, detail: str) -> None:
        """Note one mistake; an empty name means the object itself."""
        self._errors.append({"pointer": f"{self._pointer}/{name}" if name else self._pointer, "detail": detail})

    def close(self) -> None:
        """Note the fields nobody asked for."""
        for name in sorted(set(self._source) - self._seen):
            self.refuse(name[:64], "is not a known field")

    def finish(self) -> None:
        """Close the object and raise FieldsError if there is any mistake, nested ones included."""
        self.close()
        if self._errors:
            raise FieldsError(self._errors)

    def _take(self, name: str, default: object) -> object:
        self._seen.add(name)
        return self._source.get(name, default)

    def _wrong(self, name: str, value: object, detail: str) -> None:
        self.refuse(name, "is required" if value is None and name not in self._source else detail)
