"""Full-text search in SQL: generated tsvector columns in PostgreSQL, an FTS5 table in SQLite."""

from sqlalchemy import ColumnElement, and_, column, func, literal_column, not_, select, table

from product_api.search import Search, Tier
from product_api.tables import products

WORDS = table("products_words", column("rowid"), column("products_words"))  # FTS5 has a column of its own name
HEADING_WORDS: ColumnElement[str] = literal_column("products.heading_words")
ALL_WORDS: ColumnElement[str] = literal_column("products.all_words")


def found(search: Search, tier: Tier, dialect: str) -> ColumnElement[bool]:
    """Whether a row of `products` is found in this tier; `search` has words."""
    if dialect == "sqlite":
        return products.c.number.in_(select(WORDS.c.rowid).where(matches(search, tier)))
    query = func.to_tsquery(literal_column("'simple'"), search.tsquery())
    heading, anywhere = HEADING_WORDS.bool_op("@@")(query), ALL_WORDS.bool_op("@@")(query)
    # columns of their own rather than weights in one: the planner knows how often a word is in which
    return {Tier.HEADING: heading, Tier.BELOW: and_(anywhere, not_(heading)), Tier.ANY: anywhere}[tier]


def matches(search: Search, tier: Tier) -> ColumnElement[bool]:
    """Whether a row of WORDS is found, in SQLite."""
    return WORDS.c.products_words.bool_op("MATCH")(search.fts5(tier))
