"""`platformctl explain`: what a rule demands, why, and what to write."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import click

from platformctl.checks import explained, rulebook
from platformctl.checks.rulebook import Rulebook
from platformctl.errors import PlatformError
from platformctl.output import rule_pages
from platformctl.repo import Repo


@click.command()
@click.argument("rule", required=False)
@click.option("--pages", type=click.Path(path_type=Path), help="Write a page for each rule below this folder.")
def command(rule: str | None, pages: Path | None) -> None:
    """Explain RULE, or list all rules."""
    repo = Repo.around(Path.cwd())
    rules = rulebook.load(repo)
    if pages:
        _write(pages, rule_pages.pages(explained.explain_all(repo, rules)))
    elif not rule:
        click.echo(rule_pages.listing(rules.values()))
    elif rule in rules:
        click.echo(rule_pages.on_terminal(explained.explain(repo, rules, rules[rule])))
    else:
        raise _unknown(rule, rules)


def _unknown(name: str, rules: Rulebook) -> PlatformError:
    of_topic = sorted(rule.id for rule in rules.values() if rule.topic == name)
    if of_topic:
        return PlatformError(f"{name} is a topic, not a rule", fix=f"its rules are {', '.join(of_topic)}")
    close = difflib.get_close_matches(name, rules, n=3, cutoff=0.5)
    fix = f"did you mean {' or '.join(close)}?" if close else "`platformctl explain` lists all rules"
    return PlatformError(f"there is no rule {name!a}", fix=fix)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    for path in (folder / "rules").glob("*.md"):
        if f"rules/{path.name}" not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
