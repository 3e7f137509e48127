"""Settings read once from the environment into a frozen value."""

import dataclasses
import difflib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

PREFIX = "TECHCOMMERCE_"
LOG_LEVELS = ("debug", "info", "warning", "error")
MAX_PORT = 65535
LONGEST_SECONDS = 3600.0

S = TypeVar("S", bound="ServiceSettings")


class SettingsError(Exception):
    """The environment does not describe a service; `problems` has one readable line per mistake."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def setting(parse: Callable[[str], Any], default: Any = dataclasses.MISSING, *, secret: bool = False) -> Any:
    """A field read from PREFIX + its upper-case name; `parse` raises ValueError with the reason."""
    return dataclasses.field(default=default, repr=not secret, metadata={"parse": parse})


def text(value: str) -> str:
    """Any text of at most 200 characters without control characters."""
    if len(value) > 200 or not value.isprintable():
        raise ValueError("must be printable text of at most 200 characters")
    return value


def port(value: str) -> int:
    """A TCP port, 1 to 65535."""
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:6]) <= MAX_PORT):
        raise ValueError(f"must be a port from 1 to {MAX_PORT}, not {value!r}")
    return int(value)


def log_level(value: str) -> str:
    """One of LOG_LEVELS, in any case."""
    if value.lower() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}, not {value!r}")
    return value.lower()


def base_url(value: str) -> str:
    """An http(s) origin without path, query or credentials; a final slash is dropped."""
    parts = urlsplit(value)
    try:
        valid_port = parts.port is None or parts.port > 0
    except ValueError:
        valid_port = False
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment and parts.username is None
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or not valid_port:
        raise ValueError("must look like http://host:port, without path, query or credentials")
    return value.rstrip("/")


def optional_url(value: str) -> str:
    """A `base_url`, or "" for none."""
    return base_url(value) if value else ""


def redis_url(value: str) -> str:
    """A redis:// or rediss:// URL, or "" for none; ValueError never repeats the value, it may hold a password."""
    if value and (urlsplit(value).scheme not in ("redis", "rediss") or not urlsplit(value).hostname):
        raise ValueError("must look like redis://host:6379/0")
    return value


def number(value: str, most: float, rule: str) -> float:
    """A number from 0 to `most`; ValueError says `rule`."""
    try:
        found = float(value)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:  # also refuses nan
        raise ValueError(f"must be {rule}, not {value!r}")
    return found


def seconds(value: str) -> float:
    """A duration in seconds, 0 to one hour."""
    return number(value, LONGEST_SECONDS, f"a number of seconds from 0 to {LONGEST_SECONDS:.0f}")


def rate(value: str) -> float:
    """A share, 0 to 1."""
    return number(value, 1.0, "a share from 0 to 1")


def mebibytes(value: str) -> float:
    """An amount of memory in MiB, 0 to 1024."""
    return number(value, 1024.0, "a number of MiB from 0 to 1024")


def flag(value: str) -> bool:
    """true or false."""
    if value not in ("true", "false"):
        raise ValueError(f"must be true or false, not {value!r}")
    return value == "true"


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What every service can be told; times are in seconds."""

    port: int = setting(port)
    bind: str = setting(text, "0.0.0.0")  # noqa: S104 - a pod is reached on its own address
    log_level: str = setting(log_level, "info")
    environment: str = setting(text, "")
    revision: str = setting(text, "unknown")
    shutdown_delay_seconds: float = setting(seconds, 5.0)
    graceful_timeout_seconds: float = setting(seconds, 30.0)
    keep_alive_seconds: float = setting(seconds, 75.0)  # also what a client has for its headers
    body_seconds: float = setting(seconds, 30.0)  # what a client has for its body
    otlp_endpoint: str = setting(optional_url, "")  # "": traces are passed on, but not sent anywhere
    trace_rate: float = setting(rate, 1.0)  # share of new traces that are sent
    redis_url: str = setting(redis_url, "", secret=True)  # "": caches live in the process alone
    # failures on purpose, for the tests of releases; see faults.py
    fault_error_rate: float = setting(rate, 0.0)
    fault_latency_seconds: float = setting(seconds, 0.0)
    fault_not_ready: bool = setting(flag, False)
    fault_wrong_body_rate: float = setting(rate, 0.0)
    fault_crash_seconds: float = setting(seconds, 0.0)
    fault_leak_mib_per_second: float = setting(mebibytes, 0.0)


def read_settings(kind: type[S], environ: Mapping[str, str]) -> S:
    """Build `kind` from `environ`; raise SettingsError naming every mistake at once."""
    fields = {PREFIX + field.name.upper(): field for field in dataclasses.fields(kind)}
    problems = [
        _unknown(name, list(fields)) for name in sorted(environ) if name.startswith(PREFIX) and name not in fields
    ]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in environ:
            try:
                values[field.name] = field.metadata["parse"](environ[name])
            except ValueError as error:
                problems.append(f"{name} {error}")
        elif field.default is dataclasses.MISSING:
            problems.append(f"{name} is required")
    if problems:
        raise SettingsError(problems)
    return kind(**values)


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f"{name} is not a setting of this service" + (f"; did you mean {close[0]}?" if close else "")
