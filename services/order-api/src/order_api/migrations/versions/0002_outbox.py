"""Outbox, actors and notes of the history, addresses, and indexes of the queue.

Only adds, and every new column has a default of the database: the version before goes on inserting.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

IS_OPEN = sa.text("status IN ('placed', 'paid', 'packed', 'shipped')")
IS_WAITING = sa.text("done_at IS NULL")
IS_DONE = sa.text("done_at IS NOT NULL")


def upgrade() -> None:
    """Add columns, indexes and the outbox."""
    if op.get_context().dialect.name == "postgresql":
        # rather fail and be run again than hold up every order behind a long transaction of somebody else
        op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("orders", sa.Column("customer_address", sa.String(500), nullable=False, server_default=""))
    op.add_column("order_events", sa.Column("actor", sa.String(16), nullable=False, server_default="system"))
    op.add_column("order_events", sa.Column("actor_name", sa.String(80), nullable=False, server_default=""))
    op.add_column("order_events", sa.Column("note", sa.String(500), nullable=False, server_default=""))
    op.create_index("orders_by_status", "orders", ["status", "created_at", "number"])
    op.create_index("orders_open", "orders", ["created_at", "number"], postgresql_where=IS_OPEN, sqlite_where=IS_OPEN)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.Identity(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number", sa.String(16), sa.ForeignKey("orders.number"), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.String(200), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("outbox_waiting", "outbox", ["due_at", "id"], postgresql_where=IS_WAITING, sqlite_where=IS_WAITING)
    op.create_index("outbox_done", "outbox", ["done_at"], postgresql_where=IS_DONE, sqlite_where=IS_DONE)


def downgrade() -> None:
    """Take all of that away again."""
    op.drop_table("outbox")
    op.drop_index("orders_open", "orders")
    op.drop_index("orders_by_status", "orders")
    for column in ("note", "actor_name", "actor"):
        op.drop_column("order_events", column)
    op.drop_column("orders", "customer_address")
