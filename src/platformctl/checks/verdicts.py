"""Verdicts kept from run to run: by the content of an object for each engine, by everything that a cluster gets as a
whole. They are kept apart for each fingerprint of rules and programs; a store that is damaged is thrown away."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from platformctl.findings import Finding, ObjectRef, Severity
from platformctl.manifests import FieldPath
from platformctl.repo import cache_folder

STORES = 16  # of as many fingerprints: branches that somebody switches between
_CHUNK = 500  # SQLite allows 999 values in one query
_TABLES = """
create table if not exists object (engine text, digest text, hits text not null, primary key (engine, digest));
create table if not exists world (key text primary key, verdict text not null);
"""

KeptHit = tuple[str, FieldPath, str]  # rule, path, message


@dataclass(frozen=True)
class Verdict:
    """What was found among the objects of one API server before exceptions, and how many were looked at."""

    findings: tuple[Finding, ...]
    objects: int
    schema_checked: int
    policy_checked: int
    needed: tuple[str, ...] = ()  # the entries of policy/outside.yaml that it refers to


class Verdicts:
    """The store of one fingerprint."""

    def __init__(self, fingerprint: str, engine: str = "") -> None:
        """The store of the whole gate, or of one engine that has a fingerprint of its own."""
        folder = cache_folder() / "verdicts" / engine
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()  # engines run side by side
        self._path = folder / f"{fingerprint}.sqlite3"
        _forget_older(folder)
        try:
            self._database = _opened(self._path)
        except sqlite3.DatabaseError:  # damaged: its verdicts are made again
            self._path.unlink(missing_ok=True)
            self._database = _opened(self._path)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def of_objects(self, engine: str, digests: Iterable[str]) -> dict[str, list[KeptHit]]:
        """What an engine said of objects, as far as it was asked before."""
        wanted = list(digests)
        found: dict[str, list[KeptHit]] = {}
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            marks = ",".join("?" * len(chunk))
            query = f"select digest, hits from object where engine = ? and digest in ({marks})"  # noqa: S608
            for digest, hits in self._read(query, (engine, *chunk)):
                found[digest] = [(rule, tuple(path), message) for rule, path, message in json.loads(hits)]
        return found

    def keep_objects(self, engine: str, hits: Mapping[str, Iterable[KeptHit]]) -> None:
        """Keep what an engine said."""
        rows = [(engine, digest, json.dumps(list(each))) for digest, each in hits.items()]
        self._write("insert or replace into object values (?, ?, ?)", rows)

    def of_worlds(self, keys: Iterable[str]) -> dict[str, Verdict]:
        """The verdicts on worlds that were judged before."""
        found = {}
        for key in keys:
            for (text,) in self._read("select verdict from world where key = ?", (key,)):
                found[key] = _verdict(json.loads(text))
        return found

    def keep_worlds(self, verdicts: Mapping[str, Verdict]) -> None:
        """Keep verdicts on worlds."""
        rows = [(key, json.dumps(asdict(verdict))) for key, verdict in verdicts.items()]
        self._write("insert or replace into world values (?, ?)", rows)

    def _read(self, query: str, values: tuple[str, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._database.execute(query, values).fetchall()
            except sqlite3.DatabaseError:
                return []  # as if it had never been asked

    def _write(self, statement: str, rows: Sequence[tuple[str, ...]]) -> None:
        # a verdict that is not kept is made again
        with self._lock, suppress(sqlite3.DatabaseError), self._database:
            self._database.executemany(statement, rows)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, check_same_thread=False)
    database.executescript(_TABLES)
    return database


def _forget_older(folder: Path) -> None:
    stores = sorted(folder.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in stores[STORES:]:
        path.unlink(missing_ok=True)


def _verdict(kept: Mapping[str, Any]) -> Verdict:
    findings = tuple(
        Finding(
            **{
                **each,
                "severity": Severity(each["severity"]),
                "object": ObjectRef(**each["object"]),
                "clusters": tuple(each["clusters"]),
            }
        )
        for each in kept["findings"]
    )
    return Verdict(**{**kept, "findings": findings, "needed": tuple(kept["needed"])})
