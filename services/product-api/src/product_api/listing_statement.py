"""The SELECT of a page."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, false, literal, select, tuple_

from product_api.listing import Filter, Query, Sort
from product_api.search import Tier
from product_api.search_columns import WORDS, found, matches
from product_api.tables import products


def tiers(query: Query) -> Iterator[Tier]:
    """The parts of a listing, one after another: those of a search by relevance, else the only one."""
    if query.sort is not Sort.RELEVANCE:
        yield Tier.ANY
        return
    first = query.after.key if query.after else Tier.HEADING
    yield from (tier for tier in (Tier.HEADING, Tier.BELOW) if tier >= int(first))


def page_statement(query: Query, tier: Tier, limit: int, dialect: str) -> Select[Any]:
    """At most `limit` products of a tier, from the position of the page on."""
    statement = select(products).where(*_filters(query.filter)).limit(limit)
    number: ColumnElement[Any] = products.c.number
    if query.search and not query.search.words:
        statement = statement.where(false())
    elif query.search and dialect == "sqlite" and not (query.sort.by_name or query.sort.by_price):
        # FTS5 gives its rows in this order: there is nothing to sort and nothing to read beyond the page
        number = WORDS.c.rowid
        statement = statement.join(WORDS, number == products.c.number).where(matches(query.search, tier))
    elif query.search:
        statement = statement.where(found(query.search, tier, dialect))
    return _paged(statement, query, tier, number)


def _filters(filter_: Filter) -> Iterator[ColumnElement[bool]]:
    if filter_.category:
        yield products.c.category == filter_.category
    if filter_.min_price is not None:
        yield products.c.price_cents >= filter_.min_price
    if filter_.max_price is not None:
        yield products.c.price_cents <= filter_.max_price
    if filter_.in_stock is not None:
        yield products.c.stock > 0 if filter_.in_stock else products.c.stock == 0


def _paged(statement: Select[Any], query: Query, tier: Tier, number: ColumnElement[Any]) -> Select[Any]:
    keys = [number]
    if query.sort.by_name or query.sort.by_price:
        keys = [products.c.name if query.sort.by_name else products.c.price_cents, products.c.id]
    after = _behind(query, tier)
    if after:
        # a row of one is no row in SQLite
        here, there = (tuple_(*keys), tuple_(*after)) if len(after) > 1 else (keys[0], after[0])
        statement = statement.where(here < there if query.sort.descending else here > there)
    return statement.order_by(*(key.desc() if query.sort.descending else key.asc() for key in keys))


def _behind(query: Query, tier: Tier) -> list[ColumnElement[Any]]:
    """The values that the keys of the page must exceed; none at the beginning of a tier."""
    after = query.after
    if after is None:
        return []
    if query.sort.by_name or query.sort.by_price:
        return [literal(after.key), literal(after.last)]
    return [literal(after.last)] if after.key == tier else []
