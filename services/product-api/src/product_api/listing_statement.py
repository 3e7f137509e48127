"""The SELECT of a page."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    false,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from product_api.listing import Filter, Query, Sort
from product_api.search import Search, Tier
from product_api.search_columns import WORDS, found, matches
from product_api.tables import products

FEW = 300  # matches that are sorted sooner than met on the way through an index
Statement = Select[Any] | CompoundSelect[Any]


def tiers(query: Query) -> Iterator[Tier]:
    """The parts of a listing, one after another: those of a search by relevance, else the only one."""
    if query.sort is not Sort.RELEVANCE:
        yield Tier.ANY
        return
    first = query.after.key if query.after else Tier.HEADING
    yield from (tier for tier in (Tier.HEADING, Tier.BELOW) if tier >= int(first))


def page_statement(query: Query, tier: Tier, limit: int, dialect: str) -> Statement:
    """At most `limit` products of a tier, from the position of the page on."""
    if query.search is None:
        return _page(products, query, tier).limit(limit)
    if not query.search.words:
        return select(products).where(false())
    if dialect == "postgresql":
        return _rare_or_frequent(found(query.search, tier, dialect), query, tier, limit)
    if query.sort.by_name or query.sort.by_price:
        return _page(products, query, tier).where(found(query.search, tier, dialect)).limit(limit)
    return _by_row(query.search, query, tier).limit(limit)


def _rare_or_frequent(matching: ColumnElement[bool], query: Query, tier: Tier, limit: int) -> CompoundSelect[Any]:
    # Few matches are all read and sorted; of many, the first are soon met in the order of the page. Which words are
    # frequent is counted, because the planner's guess about those it has no statistics of is off by a factor of 1,000.
    some = select(products).where(matching).limit(FEW + 1).cte("some").prefix_with("MATERIALIZED")
    number = select(func.count()).select_from(some).scalar_subquery()
    rare = _page(some, query, tier).where(number <= FEW).limit(limit)
    frequent = _page(products, query, tier).where(matching, number > FEW).limit(limit)
    return union_all(select(rare.subquery()), select(frequent.subquery()))


def _by_row(search: Search, query: Query, tier: Tier) -> Select[Any]:
    # FTS5 gives its rows in this order: there is nothing to sort and nothing to read beyond the page
    page = _page(products, query, tier, WORDS.c.rowid)
    return page.join(WORDS, WORDS.c.rowid == products.c.number).where(matches(search, tier))


def _page(source: FromClause, query: Query, tier: Tier, number: ColumnElement[Any] | None = None) -> Select[Any]:
    keys = [source.c.number if number is None else number]
    if query.sort.by_name or query.sort.by_price:
        keys = [source.c.name if query.sort.by_name else source.c.price_cents, source.c.id]
    statement = select(source).where(*_filters(source, query.filter))
    after = _behind(query, tier)
    if after:
        # a row of one is no row in SQLite
        here, there = (tuple_(*keys), tuple_(*after)) if len(after) > 1 else (keys[0], after[0])
        statement = statement.where(here < there if query.sort.descending else here > there)
    return statement.order_by(*(key.desc() if query.sort.descending else key.asc() for key in keys))


def _filters(source: FromClause, wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.category:
        yield source.c.category == wanted.category
    if wanted.min_price is not None:
        yield source.c.price_cents >= wanted.min_price
    if wanted.max_price is not None:
        yield source.c.price_cents <= wanted.max_price
    if wanted.in_stock is not None:
        yield source.c.stock > 0 if wanted.in_stock else source.c.stock == 0


def _behind(query: Query, tier: Tier) -> list[ColumnElement[Any]]:
    """The values that the keys of the page must exceed; none at the beginning of a tier."""
    after = query.after
    if after is None:
        return []
    if query.sort.by_name or query.sort.by_price:
        return [literal(after.key), literal(after.last)]
    return [literal(after.last)] if after.key == tier else []
