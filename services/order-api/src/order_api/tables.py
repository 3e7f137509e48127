"""Tables of the orders, as the newest migration leaves them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

orders = Table(
    "orders",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("idempotency_key", String(128), nullable=False, unique=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("customer_name", String(120), nullable=False),
    Column("customer_email", String(254), nullable=False),
    Column("wanted", JSON, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("refusal", JSON, nullable=True),
    # true from the first moment stock may be reserved until it is known to be given back
    Column("holds_stock", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("orders_to_reconcile", "status", "holds_stock", "created_at"),
)

order_events = Table(
    "order_events",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("number", String(16), ForeignKey("orders.number"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
