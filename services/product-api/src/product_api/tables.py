"""Tables of the catalogue, as the newest migration leaves them."""

from sqlalchemy import JSON, CheckConstraint, Column, DateTime, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

products = Table(
    "products",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("description", Text, nullable=False),
    Column("category", String(60), nullable=False),
    Column("price_cents", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("stock", Integer, nullable=False),
    CheckConstraint("price_cents >= 0", name="products_price_not_negative"),
    CheckConstraint("stock >= 0", name="products_stock_not_negative"),
    # each order of a listing ends with the id, which makes the position of a page unambiguous
    Index("products_by_name", "name", "id"),
    Index("products_by_price", "price_cents", "id"),
    Index("products_by_category_name", "category", "name", "id"),
    Index("products_by_category_price", "category", "price_cents", "id"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", String(64), primary_key=True),
    Column("lines", JSON, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
