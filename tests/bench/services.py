"""How fast the services are, against a bare Quart route on the same Hypercorn in the same run.

Everything runs on this machine beside the load generator and PostgreSQL, so requests a second are small; the ratios are
what to look at. Rounds alternate between the bare route and what is measured: whatever else the machine does, it does
to both.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import quote

from tests.bench.figures import Figure, figure, line
from tests.bench.load import Result, as_much_as_it_takes, at_a_rate, resident_mib
from tests.bench.processes import PRODUCTS, Started, get, platform

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 16
LISTING = "/api/products"
# two words in a tenth of the catalogue each and one in some hundred products, in so many ways that no answer is kept
TRAITS = ("quiet", "compact", "repairable", "wireless", "foldable", "dimmable", "sturdy", "bright", "modular", "light")
PARTS = ("aluminium", "oak", "plastic", "glass", "steel", "felt", "leather", "magnesium")
THINGS = (
    "laptop",
    "monitor",
    "phone",
    "headphones",
    "keyboard",
    "mainboard",
    "router",
    "printer",
    "speaker",
    "charger",
)
ORDER = """
local ids, number = {%s}, 0
math.randomseed(%d)
request = function()
  number = number + 1
  local key = string.format("%%s-%%d-%%d", "%s", number, math.random(1, 1000000000))
  local customer = '{"name":"Ann Example","email":"ann@example.com","address":"1 Main Street"}'
  local body = string.format('{"customer":%%s,"lines":[{"product_id":"%%s","quantity":1}]}',
    customer, ids[math.random(#ids)])
  return wrk.format("POST", "/api/orders", {["Content-Type"] = "application/json", ["Idempotency-Key"] = key}, body)
end
"""
Rounds = dict[str, list[Result]]


def main() -> dict[str, Figure]:
    """Measure on real processes; the figures by name."""
    with platform() as services:
        rounds = measure(services)
        memory = {name: resident_mib(each.pid) for name, each in services.items()}
        seconds = {name: each.seconds for name, each in services.items()}
    figures = {**ratios(rounds), **latencies(rounds)}
    for name in ("product-api", "order-api", "frontend"):
        figures[f"{name}, memory after load"] = figure([memory[name]], "MiB")
        figures[f"{name}, start to ready"] = figure([seconds[name]], "s")
    return figures


def measure(services: dict[str, Started]) -> Rounds:
    """All rounds, after one that nobody counts."""
    targets = [f"{LISTING}?q={quote(' '.join(words))}&limit=20" for words in itertools.product(TRAITS, PARTS, THINGS)]
    random.Random(7).shuffle(targets)
    ids = orderable(services["product-api"].url)
    searches = lua_paths(targets)
    found: Rounds = defaultdict(list)
    for number in range(ROUNDS + 1):
        seen = {
            "bare": full(services["bare"].url + "/"),
            "listing": full(services["product-api"].url + LISTING),
            "search": full(services["product-api"].url + "/", searches),
            "orders": full(services["order-api"].url + "/", ORDER % (ids, number, f"bench-{number}")),
            "direct": one(services["product-api"].url + LISTING),
            "gateway": one(services["frontend"].url + LISTING),
        }
        rate = max(1.0, seen["search"].per_second / 2)
        # the bare route at that rate says how much of the spread is the machine's
        for name, base, paths in (
            ("search at half load", services["product-api"].url, targets),
            ("bare at that rate", services["bare"].url, ["/"]),
        ):
            seen[name] = at_a_rate(base, paths, per_second=rate, seconds=2 * SECONDS)
        if number:
            for name, result in seen.items():
                found[name].append(result)
    return found


def full(url: str, script: str = "") -> Result:
    """As much as it takes on some connections."""
    return as_much_as_it_takes(url, seconds=SECONDS, connections=CONNECTIONS, script=script)


def one(url: str) -> Result:
    """One request at a time, so that nothing waits for anything else."""
    return as_much_as_it_takes(url, seconds=SECONDS, connections=1)


def orderable(base: str) -> str:
    """Ids of products with enough stock, as a Lua list."""
    page = get(f"{base}{LISTING}?limit=100&in_stock=true")
    more = get(f"{base}{LISTING}?limit=100&in_stock=true&cursor={quote(page['next_cursor'])}")
    plenty = [item["id"] for item in [*page["items"], *more["items"]] if item["stock"] >= 50]
    assert len(plenty) > 50, "the catalogue has too little stock for a measurement"
    return ", ".join(f'"{each}"' for each in plenty)


def lua_paths(paths: Iterable[str]) -> str:
    """A script that asks for one of `paths` after the other."""
    listed = ", ".join(f'"{path}"' for path in paths)
    return (
        f"local paths, at = {{{listed}}}, 0\n"
        "request = function() at = at % #paths + 1 return wrk.format('GET', paths[at]) end\n"
    )


def ratios(rounds: Rounds) -> dict[str, Figure]:
    """What the targets speak of, round by round."""
    pairs = {name: list(zip(rounds["bare"], rounds[name], strict=True)) for name in ("listing", "search", "orders")}
    shares = {
        f"{name}, of the bare route's requests/s": figure(
            [100 * other.per_second / bare.per_second for bare, other in both], "%"
        )
        for name, both in pairs.items()
    }
    both = zip(rounds["direct"], rounds["gateway"], strict=True)
    return {
        **shares,
        **{
            f"{name}, p99 / p50": figure([each.p99 / each.p50 for each in rounds[name]], "x")
            for name in ("search at half load", "bare at that rate")
        },
        "gateway, added at the median": figure([gateway.p50 - direct.p50 for direct, gateway in both], "ms"),
    }


def latencies(rounds: Rounds) -> dict[str, Figure]:
    """Requests a second, and both ends of the latencies."""
    found = {}
    for name, results in rounds.items():
        found[f"{name}, requests/s"] = figure([each.per_second for each in results], "/s")
        found[f"{name}, p50"] = figure([each.p50 for each in results], "ms")
        found[f"{name}, p99"] = figure([each.p99 for each in results], "ms")
    return found


if __name__ == "__main__":
    print(f"{PRODUCTS:,} products, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:g} s each")
    for measured, value in main().items():
        print(line(measured, value))
