"""Recorded series of a stable version and of a canary that began a minute later, in promtool's notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CANARY_BEGINS = 12  # scrapes after the others
LENGTH = 240  # scrapes: twenty minutes
PROMETHEUS = 'process_start_time_seconds{namespace="monitoring", service="prometheus", pod="prometheus-0"}'
BOUNDS = ("0.1", "0.5", "2", "5", "+Inf")

Series = dict[str, str]


@dataclass(frozen=True)
class Case:
    """Series, the time of the question, the values that the query has to give then, and what they mean.

    `values` is empty where there must be no answer. `metric` is needed where a template has several.
    """

    template: str
    name: str
    series: Mapping[str, str]
    values: tuple[float, ...]
    phase: str
    at: str = "4m"
    args: Mapping[str, str] = field(default_factory=dict)
    metric: str = ""


def growing(each: float, start: float = 0.0) -> str:
    """A counter that grows by `each` a scrape."""
    return f"{start:g}{each:+g}x{LENGTH}"


def constant(value: float) -> str:
    """A gauge that stays."""
    return f"{value:.12g}x{LENGTH}"


def version(name: str, **series: str) -> Series:
    """Series of `old` or `new`, by metric, labels behind two underscores: http_requests_total__500."""
    late = f"_x{CANARY_BEGINS} " if name == "new" else ""
    return {_selector(name, metric): late + values for metric, values in series.items()}


def _selector(name: str, metric: str) -> str:
    metric, _, detail = metric.partition("__")
    labels = {"namespace": "shop", "rollouts_pod_template_hash": name, "pod": f"{name}-0"}
    if metric.startswith("http_"):
        labels["route"] = "/healthz" if detail == "probe" else "/products/<product_id>"
    if detail:
        labels[{"http_requests_total": "status"}.get(metric, "result")] = "200" if detail == "probe" else detail
    return f"{metric}{{{', '.join(f'{key}={value!r}' for key, value in labels.items())}}}".replace("'", '"')


def requests(name: str, good: float, bad: float = 0.0) -> Series:
    """So many good and failed answers a scrape; without any failure there is no series of failures."""
    series = version(name, http_requests_total__200=growing(good))
    return series | (version(name, http_requests_total__500=growing(bad)) if bad else {})


def durations(name: str, *answers: float) -> Series:
    """Answers a scrape by the bucket they fall into, the fastest first, and their number as requests."""
    series, total = {}, 0.0
    late = f"_x{CANARY_BEGINS} " if name == "new" else ""
    for bound, each in zip(BOUNDS, answers, strict=True):
        total += each
        selector = _selector(name, "http_request_duration_seconds_bucket")
        series[selector.replace("{", f'{{le="{bound}", ')] = late + growing(total)
    return series | requests(name, total)


def running(prometheus: float = 0.0, **more: str) -> Series:
    """Both versions run, and Prometheus has been running since a time in seconds; `more` is of the canary."""
    old = version("old", process_start_time_seconds=constant(10))
    new = version("new", process_start_time_seconds=constant(60))
    return {PROMETHEUS: constant(prometheus)} | old | new | version("new", **more)
