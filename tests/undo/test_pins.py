"""Pins of a cluster file, moved without touching anything else."""

from __future__ import annotations

import pytest

from platformctl.errors import PlatformError
from platformctl.undo.pins import moved, pin

OLD, NEW = "a" * 40, "b" * 40
FORMS = {
    "flow": 'services:\n  - {name: order-api, revision: "%s"} # stays\n  - {name: frontend, revision: "%s"}\n',
    "plain": "services:\n  - {name: order-api, revision: %s}\n  - {revision: %s, name: frontend}\n",
    "block": "# ä\nservices:\n- name: order-api\n  revision: %s\n- name: frontend\n  revision: '%s' # why\nx: 1\n",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_only_the_pin_changes(form: str) -> None:
    """Comments, order, quotes of others and the rest of the file stay."""
    text = form % (OLD, OLD)
    after = moved(text, pin(text, "frontend", "a.yaml"), NEW)

    assert pin(after, "frontend", "a.yaml").revision == NEW
    assert pin(after, "order-api", "a.yaml").revision == OLD
    begin, end = after.split(f'"{NEW}"')
    assert text.startswith(begin)
    assert text.endswith(end)


def test_a_frozen_service_says_why() -> None:
    """Somebody has to look at it then."""
    text = f"services: [{{name: frontend, revision: {OLD}, frozen: 'INC-41: owner payments'}}]"

    assert pin(text, "frontend", "a.yaml").frozen == "INC-41: owner payments"


@pytest.mark.parametrize("text", ["", "services: []", "services: [{name: frontend}]", "services: {name: frontend}"])
def test_a_service_that_is_not_there_is_an_error(text: str) -> None:
    """Nothing is written into a file that is not understood."""
    with pytest.raises(PlatformError, match=r"a\.yaml names no service frontend"):
        pin(text, "frontend", "a.yaml")


def test_only_full_commit_ids_are_pinned() -> None:
    """A branch would move production with every push."""
    text = FORMS["plain"] % (OLD, OLD)

    with pytest.raises(PlatformError, match="no full commit id"):
        moved(text, pin(text, "frontend", "a.yaml"), "main")
