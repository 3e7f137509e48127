"""Tables of the orders, as the newest migration leaves them."""

from sqlalchemy import (
    JSON,
    BigInteger,
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
    text,
)

from order_api.states import OPEN

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
    Column("customer_address", String(500), nullable=False, server_default=""),
    Column("wanted", JSON, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("refusal", JSON, nullable=True),
    # true from the first moment stock may be reserved until it is known to be given back
    Column("holds_stock", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("orders_to_reconcile", "status", "holds_stock", "created_at"),
    Index("orders_by_status", "status", "created_at", "number"),
)
# what fulfilment works on, however many orders are done
IS_OPEN = text("status IN ('{}')".format("', '".join(OPEN)))  # literals, or no planner knows the index by it
Index("orders_open", orders.c.created_at, orders.c.number, postgresql_where=IS_OPEN, sqlite_where=IS_OPEN)

order_events = Table(
    "order_events",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("number", String(16), ForeignKey("orders.number"), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", String(16), nullable=False, server_default="system"),
    Column("actor_name", String(80), nullable=False, server_default=""),
    Column("note", String(500), nullable=False, server_default=""),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # what receivers drop repeats by
    Column("kind", String(16), nullable=False),
    Column("number", String(16), ForeignKey("orders.number"), nullable=False),
    Column("status", String(16), nullable=False),  # the state that the order entered
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),  # also the end of a claim
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("last_error", String(200), nullable=True),
    Column("done_at", DateTime(timezone=True), nullable=True),
)
IS_WAITING = outbox.c.done_at.is_(None)
Index("outbox_waiting", outbox.c.due_at, outbox.c.id, postgresql_where=IS_WAITING, sqlite_where=IS_WAITING)
IS_DONE = outbox.c.done_at.is_not(None)
Index("outbox_done", outbox.c.done_at, postgresql_where=IS_DONE, sqlite_where=IS_DONE)
