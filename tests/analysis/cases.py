"""What each template has to say about which series."""

from __future__ import annotations

from tests.analysis.series import Case, Series, constant, durations, growing, requests, running, version

GOOD, BAD, NO_ANSWER = "Successful", "Failed", "Inconclusive"
MIB = 2.0**20


def _memory(old: str, new: str) -> Series:
    return version("old", process_resident_memory_bytes=old) | version("new", process_resident_memory_bytes=new)


def _cpu(old: str, new: str) -> Series:
    return version("old", process_cpu_seconds_total=old) | version("new", process_cpu_seconds_total=new)


def _shop(old: tuple[float, float], new: tuple[float, float]) -> Series:
    """Visits and orders a scrape of both versions."""
    series: Series = {}
    for name, (visits, orders) in (("old", old), ("new", new)):
        series |= version(name, techcommerce_visits_total=growing(visits))
        if orders:
            series |= version(name, techcommerce_checkouts_total__placed=growing(orders))
        series |= version(name, techcommerce_checkouts_total__refused=growing(1))
    return series


SUCCESS_RATE = [
    Case("success-rate", "no failures", running() | requests("old", 8) | requests("new", 2), (0,), GOOD),
    Case("success-rate", "a fifth fails", running() | requests("old", 8) | requests("new", 4, 1), (0.2,), BAD),
    Case("success-rate", "all fail", running() | requests("old", 8) | requests("new", 0, 2), (1,), BAD),
    Case("success-rate", "as many as are borne",
         running() | requests("old", 8) | requests("new", 49, 1), (0.02,), GOOD),
    Case("success-rate", "stable fails as often",
         running() | requests("old", 8, 2) | requests("new", 4, 1), (0,), GOOD),
    Case("success-rate", "stable fails more",
         running() | requests("old", 6, 2) | requests("new", 9, 1), (-0.15,), GOOD),
    Case("success-rate", "stable fails, too, but less",
         running() | requests("old", 9, 1) | requests("new", 1, 1), (0.4,), BAD),
    Case("success-rate", "stable has no requests", running() | requests("new", 4, 1), (0.2,), BAD),
    Case("success-rate", "no requests", running() | requests("old", 8), (), NO_ANSWER),
    Case("success-rate", "too few requests",
         running() | requests("old", 8) | requests("new", 0.5, 0.01), (), NO_ANSWER),
    Case("success-rate", "probes are no requests",
         running(http_requests_total__probe=growing(50)) | requests("old", 8), (), NO_ANSWER),
    Case("success-rate", "no series at all", {}, (), NO_ANSWER),
    Case("success-rate", "none is enough, and nothing is divided by nothing",
         running() | requests("old", 8) | requests("new", 0), (float("nan"),), NO_ANSWER, args={"min-requests": "0"}),
    Case("success-rate", "Prometheus began after the canary",
         running(prometheus=61) | requests("old", 8) | requests("new", 4, 1), (), NO_ANSWER),
    Case("success-rate", "failures that came before the first scrape count",
         running() | requests("old", 8)
         | version("new", http_requests_total__200="60x240", http_requests_total__500="40x240"),
         (0.4,), BAD),
    Case("success-rate", "failures of six minutes ago do not",
         running() | requests("old", 8) | requests("new", 8) | version("new", http_requests_total__500="0+4x12 48x228"),
         (0,), GOOD, at="8m"),
    Case("success-rate", "a process that begins again counts from zero",
         running() | requests("old", 8)
         | version("new", http_requests_total__200="0+10x24 0+10x216", http_requests_total__500="0x24 0+10x216"),
         (0.5,), BAD, at="6m"),
]  # fmt: skip

LATENCY = [
    Case("latency-p95", "as fast",
         running() | durations("old", 10, 0, 0, 0, 0) | durations("new", 3, 0, 0, 0, 0), (0,), GOOD),
    Case("latency-p95", "three seconds", running() | durations("old", 10, 0, 0, 0, 0) | durations("new", 0, 0, 0, 3, 0),
         (4.755,), BAD),
    Case("latency-p95", "a tenth is slow",
         running() | durations("old", 10, 0, 0, 0, 0) | durations("new", 9, 0, 1, 0, 0),
         (1.155,), BAD),
    Case("latency-p95", "not much slower",
         running() | durations("old", 10, 0, 0, 0, 0) | durations("new", 0, 3, 0, 0, 0), (0.385,), GOOD),
    Case("latency-p95", "stable as slow", running() | durations("old", 0, 0, 0, 8, 0) | durations("new", 0, 0, 0, 3, 0),
         (0,), GOOD),
    Case("latency-p95", "stable has no requests", running() | durations("new", 0, 0, 0, 3, 0), (4.85,), BAD),
    Case("latency-p95", "stable has none in the last minutes",
         running() | durations("old", 0, 0, 0, 0, 0) | durations("new", 3, 0, 0, 0, 0), (0.095,), GOOD),
    Case("latency-p95", "no requests", running() | durations("old", 10, 0, 0, 0, 0), (), NO_ANSWER),
    Case("latency-p95", "too few requests",
         running() | durations("old", 10, 0, 0, 0, 0) | durations("new", 0, 0, 0, 0.5, 0), (), NO_ANSWER),
    Case("latency-p95", "a bucket of nothing", running() | durations("new", 0, 0, 0, 0, 0), (float("nan"),), NO_ANSWER,
         args={"min-requests": "0"}),
    Case("latency-p95", "no series at all", {}, (), NO_ANSWER),
    Case("latency-p95", "Prometheus began after the canary",
         running(prometheus=61) | durations("new", 0, 0, 0, 3, 0), (), NO_ANSWER),
]  # fmt: skip

SATURATION = [
    Case("saturation", "the same memory", running() | _memory(constant(128 * MIB), constant(128 * MIB)), (0,), GOOD,
         metric="memory"),
    Case("saturation", "a leak",
         running() | _memory(constant(128 * MIB), f"{128 * MIB:.0f}+{10 * MIB:.0f}x228"), (0.9375,),
         BAD, metric="memory"),
    Case("saturation", "stable as full", running() | _memory(constant(360 * MIB), constant(360 * MIB)), (0,), GOOD,
         metric="memory"),
    Case("saturation", "less than stable", running() | _memory(constant(256 * MIB), constant(64 * MIB)), (-0.5,), GOOD,
         metric="memory"),
    Case("saturation", "no memory of stable", running(process_resident_memory_bytes=constant(MIB)), (), NO_ANSWER,
         metric="memory"),
    Case("saturation", "no series at all", {}, (), NO_ANSWER, metric="memory"),
    Case("saturation", "no limit to divide by", running() | _memory(constant(MIB), constant(MIB)), (float("nan"),),
         NO_ANSWER, metric="memory", args={"memory-limit": "0"}),
    Case("saturation", "Prometheus began after the canary",
         running(prometheus=61) | _memory(constant(128 * MIB), constant(384 * MIB)), (), NO_ANSWER, metric="memory"),
    Case("saturation", "the same work", running() | _cpu(growing(1), growing(1)), (0,), GOOD, metric="cpu"),
    Case("saturation", "a core and nothing else", running() | _cpu(growing(1), growing(5)), (0.8,), BAD, metric="cpu"),
    Case("saturation", "stable as busy", running() | _cpu(growing(5), growing(5)), (0,), GOOD, metric="cpu"),
    Case("saturation", "no processor time", running(), (), NO_ANSWER, metric="cpu"),
]  # fmt: skip

RESTARTS = [
    Case("restarts", "none", running(), (0,), GOOD),
    Case("restarts", "two",
         running() | version("new", process_start_time_seconds="60x11 120x11 180x200"), (2,), BAD),
    Case("restarts", "stable as many",
         running() | version("new", process_start_time_seconds="60x11 120x200")
         | version("old", process_start_time_seconds="10x20 110x200"), (0,), GOOD),
    Case("restarts", "no series at all", {}, (), NO_ANSWER),
    Case("restarts", "a canary that nobody has seen",
         {name: values for name, values in running().items() if '"new"' not in name}, (), NO_ANSWER),
    Case("restarts", "Prometheus began after the canary", running(prometheus=61), (), NO_ANSWER),
]  # fmt: skip

BUSINESS = [
    Case("business", "as many orders", running() | _shop((10, 2), (5, 1)), (1,), GOOD),
    Case("business", "nobody orders", running() | _shop((10, 2), (5, 0)), (0,), BAD),
    Case("business", "a quarter of them", running() | _shop((10, 4), (10, 1)), (0.25,), BAD),
    Case("business", "more than before", running() | _shop((10, 2), (5, 2)), (2,), GOOD),
    Case("business", "stable sells nothing either", running() | _shop((10, 0), (5, 0)), (), NO_ANSWER),
    Case("business", "too few visits", running() | _shop((10, 2), (0.5, 0)), (), NO_ANSWER),
    Case("business", "no visits of the canary", running() | _shop((10, 2), (0, 0)), (), NO_ANSWER),
    Case("business", "no visits of stable", running() | _shop((0, 0), (5, 1)), (), NO_ANSWER),
    Case("business", "no series at all", {}, (), NO_ANSWER),
    Case("business", "NaN", running() | _shop((0, 0), (5, 1)), (), NO_ANSWER, args={"min-orders": "0"}),
    Case("business", "Prometheus began after the canary",
         running(prometheus=61) | _shop((10, 2), (5, 0)), (), NO_ANSWER),
]  # fmt: skip

CASES = [*SUCCESS_RATE, *LATENCY, *SATURATION, *RESTARTS, *BUSINESS]
