"""Who must not be given rights: one rule a row, told by the subjects of a binding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.identity.accounts import BINDINGS, DEFAULT, bound, is_rbac
from platformctl.manifests import Manifest, items, mapping

_ANONYMOUS = {"system:anonymous": "whoever does not log in", "system:unauthenticated": "whoever does not log in"}
_EVERYBODY = {"system:authenticated": "whoever can log in", "system:serviceaccounts": "every account of the cluster"}
_MASTERS = {"system:masters": "those whom no rule binds"}


def _given_to(named: Mapping[str, str]) -> Callable[[Manifest, World], Iterator[Violation]]:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        subjects = items(manifest.content.get("subjects")) if is_rbac(manifest) else []
        for index, subject in enumerate(subjects):
            name = mapping(subject).get("name")
            if isinstance(name, str) and name in named:
                yield _violation(manifest, index, f"{named[name]} ({name})")

    return judge


def _default_account(manifest: Manifest, world: World) -> Iterator[Violation]:
    for index, namespace, name in bound(manifest) if is_rbac(manifest) else ():
        if name == DEFAULT:
            yield _violation(manifest, index, f"every pod of {namespace or 'the namespace'} that names no account")


def _violation(manifest: Manifest, index: int, who: str) -> Violation:
    role: Mapping[str, Any] = mapping(manifest.content.get("roleRef"))
    return Violation(("subjects", index), f"{who} may do what {role.get('name')} grants")


CHECKS = (
    Check("rbac-anonymous", BINDINGS, _given_to(_ANONYMOUS)),
    Check("rbac-everybody", BINDINGS, _given_to(_EVERYBODY)),
    Check("rbac-masters", BINDINGS, _given_to(_MASTERS)),
    Check("rbac-default-sa", BINDINGS, _default_account),
)
