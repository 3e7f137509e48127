"""What somebody searches for, in the languages of both databases.

A product is found when it has every word, in singular or plural; the last word may be only begun. What has them all
in its name and category comes first, then what has some of them in its description only; in both tiers, new before old.
So the order follows from indexes alone: it costs the same for frequent and for rare words, and stays as it is while
somebody turns pages.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile("[\u0300-\u036f]")
SIBILANTS = ("s", "sh", "ch", "x", "z")


class Tier(IntEnum):
    """Where the words are found."""

    HEADING = 0  # all in name and category
    BELOW = 1  # not all there, but all with the description
    ANY = 2


@dataclass(frozen=True)
class Search:
    """Words in lower case; where there are none, nothing is found."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Search":
        """The words of a text as people type it; everything else in it is ignored."""
        return cls(tuple(WORD.findall(unicodedata.normalize("NFC", text).lower())))

    def tsquery(self) -> str:
        """For PostgreSQL's to_tsquery; words hold letters and digits only, so nothing needs an escape."""
        return " & ".join(self._groups(lambda word, prefix: f"'{_plain(word)}'{':*' if prefix else ''}", " | "))

    def fts5(self, tier: Tier) -> str:
        """For SQLite's MATCH, which takes accents off by itself."""
        anywhere = " AND ".join(self._groups(lambda word, prefix: f'"{word}"{" *" if prefix else ""}', " OR "))
        heading = f"{{name category}} : ({anywhere})"
        return {Tier.HEADING: heading, Tier.BELOW: f"({anywhere}) NOT ({heading})", Tier.ANY: anywhere}[tier]

    def _groups(self, term: Callable[[str, bool], str], either: str) -> list[str]:
        last = len(self.words) - 1
        return [
            f"({either.join([term(word, index == last), *(term(other, False) for other in _numbers(word))])})"
            for index, word in enumerate(self.words)
        ]


def _plain(word: str) -> str:
    """The word without accents, as the generated columns have it."""
    return ACCENTS.sub("", unicodedata.normalize("NFD", word))


def _numbers(word: str) -> list[str]:
    """The plural of a singular, the singular of a plural: as far as three rules of English go."""
    if len(word) < 3 or not (word.isascii() and word.isalpha()):
        return []
    if word.endswith("ies"):
        return [f"{word[:-3]}y"]
    if word.endswith("es") and word[:-2].endswith(SIBILANTS):
        return [word[:-2], word[:-1]]  # boxes, cases
    if word.endswith("s") and not word.endswith("ss"):
        return [word[:-1]]
    if word.endswith("y") and word[-2] not in "aeiou":
        return [f"{word[:-1]}ies"]
    return [f"{word}es" if word.endswith(SIBILANTS) else f"{word}s"]
