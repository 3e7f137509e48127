"""Tables of the catalogue, as the newest migration leaves them.

What only one of the databases has, the words for full-text search, is not here: see search_columns.py.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
)

metadata = MetaData()
ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # where only INTEGER is the name of a row
NOW = func.now()  # the database's clock: those of pods differ

products = Table(
    "products",
    metadata,
    Column("number", ROW_NUMBER, Identity(), nullable=False),
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("description", Text, nullable=False),
    Column("category", String(60), nullable=False),
    Column("price_cents", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("stock", Integer, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("updated_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    CheckConstraint("price_cents >= 0", name="products_price_not_negative"),
    CheckConstraint("stock >= 0", name="products_stock_not_negative"),
    # each order of a listing ends with what is unique, which makes the position of a page unambiguous;
    # stock is in none of them, so that PostgreSQL changes it without touching an index (HOT)
    Index("products_by_name", "name", "id"),
    Index("products_by_price", "price_cents", "id"),
    Index("products_by_number", "number", unique=True),
    Index("products_by_category_name", "category", "name", "id"),
    Index("products_by_category_price", "category", "price_cents", "id"),
    Index("products_by_category_number", "category", "number"),
)

# a released reservation stays without lines, so that a late request of a dead process takes nothing
reservations = Table(
    "reservations",
    metadata,
    Column("order_id", String(64), primary_key=True),
    Column("lines", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("released_at", DateTime(timezone=True)),
)

stock_changes = Table(
    "stock_changes",
    metadata,
    Column("number", ROW_NUMBER, Identity(), primary_key=True),
    Column("product_id", String(64), nullable=False),
    Column("change", Integer, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Index("stock_changes_by_product", "product_id", "number"),
)
