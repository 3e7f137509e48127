"""Every page is read through an index, at a realistic number of products."""

import asyncio
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import URL, text
from testing.postgresql import fresh_database

from chassis.database import create_engine
from chassis.migration import migrate
from product_api.generated import generated_products
from product_api.listing import Filter, Position, Query, Sort
from product_api.listing_statement import page_statement
from product_api.search import Search, Tier
from product_api.seed import seed

PRODUCTS = 20_000
FREQUENT, RARE, ABSENT = Search.of("quiet"), Search.of("marmarmar"), Search.of("zebra")
AFTER = {
    Sort.NAME: Position("M", "m"),
    Sort.PRICE: Position(5000, "m"),
    Sort.NEWEST: Position(2, 9000),
    Sort.NAME_DESCENDING: Position("M", "m"),
    Sort.PRICE_DESCENDING: Position(5000, "m"),
}


async def fill(url: str) -> None:
    await migrate(url, "product_api")
    assert await seed(url, generated_products(PRODUCTS)) == PRODUCTS
    engine = create_engine(url, "test")
    async with engine.begin() as connection:
        await connection.execute(text("ANALYZE"))
    await engine.dispose()


@pytest.fixture(scope="module")
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    with fresh_database(postgresql_server) as url:
        asyncio.run(fill(url))
        yield url


@pytest.fixture(scope="module")
def sqlite_file_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('plans')}/shop.db"
    asyncio.run(fill(url))
    return url


async def plan(url: str, query: Query, tier: Tier, explain: str) -> str:
    engine = create_engine(url, "test")
    statement = page_statement(query, tier, query.limit + 1, engine.dialect.name)
    literal = str(statement.compile(engine.sync_engine, compile_kwargs={"literal_binds": True}))
    async with engine.connect() as connection:
        rows = (await connection.exec_driver_sql(f"{explain} {literal}")).all()
    await engine.dispose()
    return "\n".join(str(row[-1]) for row in rows)


BY_INDEX = [
    *((Query(sort=sort), f"products_by_{name}") for sort, name in [
        (Sort.NAME, "name"), (Sort.NAME_DESCENDING, "name"), (Sort.PRICE, "price"), (Sort.PRICE_DESCENDING, "price"),
        (Sort.NEWEST, "number"),
    ]),
    *((Query(sort=sort, filter=Filter(category="Audio")), f"products_by_category_{name}") for sort, name in [
        (Sort.NAME, "name"), (Sort.NAME_DESCENDING, "name"), (Sort.PRICE, "price"), (Sort.PRICE_DESCENDING, "price"),
        (Sort.NEWEST, "number"),
    ]),
    (Query(sort=Sort.PRICE, filter=Filter(min_price=5000, max_price=9000)), "products_by_price"),
    (Query(sort=Sort.PRICE, filter=Filter(category="Audio", min_price=5000)), "products_by_category_price"),
    (Query(sort=Sort.NAME, filter=Filter(in_stock=True)), "products_by_name"),
]  # fmt: skip
IDS = [f"{query.sort}-{index}" for query, index in BY_INDEX]


def passed_over(found: str) -> int:
    """Rows that were read in vain."""
    return sum(map(int, re.findall(r"Rows Removed by (?:Filter|Index Recheck): (\d+)", found)))


def later(query: Query) -> Query:
    """The page of this listing somewhere in the middle."""
    return Query(query.limit, query.sort, query.filter, query.search, AFTER[query.sort])


@pytest.mark.parametrize(("query", "index"), BY_INDEX, ids=IDS)
async def test_postgresql_reads_pages_in_their_order(postgresql_url: str, query: Query, index: str) -> None:
    for page in (query, later(query)):
        found = await plan(postgresql_url, page, Tier.ANY, "EXPLAIN (ANALYZE, TIMING OFF)")
        # the newest of a category, which every tenth product is in, are among the newest of all
        also = "products_by_number" if index == "products_by_category_number" else index
        assert re.search(rf"Index Scan (Backward )?using ({index}|{also}) ", found), found
        assert "Sort" not in found
        assert "Seq Scan" not in found
        # and so no more than the page, and what the filter leaves out on the way
        assert passed_over(found) < 500, found


@pytest.mark.parametrize(("query", "index"), BY_INDEX, ids=IDS)
async def test_sqlite_reads_pages_in_their_order(sqlite_file_url: str, query: Query, index: str) -> None:
    for page in (query, later(query)):
        found = await plan(sqlite_file_url, page, Tier.ANY, "EXPLAIN QUERY PLAN")
        if query.sort is Sort.NEWEST and not query.filter.category:
            assert found in ("SCAN products", "SEARCH products USING INTEGER PRIMARY KEY (rowid<?)")
        else:
            assert f"INDEX {index} " in f"{found} ", found
        assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NAME, Sort.PRICE, Sort.NEWEST])
@pytest.mark.parametrize("search", [RARE, ABSENT])
async def test_postgresql_looks_rare_words_up(postgresql_url: str, sort: Sort, search: Search) -> None:
    for tier in (Tier.HEADING, Tier.BELOW) if sort is Sort.RELEVANCE else (Tier.ANY,):
        query = Query(sort=sort, search=search)
        found = await plan(postgresql_url, query, tier, "EXPLAIN (ANALYZE, TIMING OFF)")
        index = "heading_words" if tier is Tier.HEADING else "all_words"
        assert f"Bitmap Index Scan on products_by_{index} " in found, found
        assert "(never executed)" in found.split("using products_by_")[-1] or "using products_by_" not in found
        assert passed_over(found) < 500, found


@pytest.mark.parametrize(
    ("sort", "index"), [(Sort.RELEVANCE, "number"), (Sort.NEWEST, "number"), (Sort.NAME, "name"), (Sort.PRICE, "price")]
)
async def test_postgresql_meets_frequent_words_on_its_way(postgresql_url: str, sort: Sort, index: str) -> None:
    query, tier = Query(sort=sort, search=FREQUENT), Tier.BELOW if sort is Sort.RELEVANCE else Tier.ANY
    found = await plan(postgresql_url, query, tier, "EXPLAIN (ANALYZE, TIMING OFF)")

    assert re.search(rf"Index Scan (Backward )?using products_by_{index} .*actual rows=21", found), found
    # a fifth of the products have the word: a page of 21 is behind some 100, and 301 that are counted behind some 1,500
    assert passed_over(found) < 3000, found


@pytest.mark.parametrize("search", [FREQUENT, RARE, ABSENT])
@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
async def test_sqlite_reads_matches_in_their_order(sqlite_file_url: str, search: Search, sort: Sort) -> None:
    for tier in (Tier.HEADING, Tier.BELOW) if sort is Sort.RELEVANCE else (Tier.ANY,):
        query = Query(sort=sort, search=search, after=Position(tier, 9000))
        found = await plan(sqlite_file_url, query, tier, "EXPLAIN QUERY PLAN")
        assert "SCAN products_words VIRTUAL TABLE INDEX" in found, found
        assert "SEARCH products USING INTEGER PRIMARY KEY (rowid=?)" in found
        assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("sort", [Sort.NAME, Sort.PRICE])
async def test_sqlite_looks_words_up_for_other_orders(sqlite_file_url: str, sort: Sort) -> None:
    found = await plan(sqlite_file_url, Query(sort=sort, search=RARE), Tier.ANY, "EXPLAIN QUERY PLAN")

    assert "SCAN products_words VIRTUAL TABLE INDEX" in found, found
    assert "SCAN products\n" not in f"{found}\n"
