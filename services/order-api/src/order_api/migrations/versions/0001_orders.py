"""Orders and their history."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "orders",
        sa.Column("number", sa.String(16), primary_key=True),
        sa.Column("idempotency_key", sa.String(128), nullable=False, unique=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("customer_name", sa.String(120), nullable=False),
        sa.Column("customer_email", sa.String(254), nullable=False),
        sa.Column("wanted", sa.JSON, nullable=False),
        sa.Column("lines", sa.JSON, nullable=False),
        sa.Column("refusal", sa.JSON, nullable=True),
        sa.Column("holds_stock", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("orders_to_reconcile", "orders", ["status", "holds_stock", "created_at"])
    op.create_table(
        "order_events",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("number", sa.String(16), sa.ForeignKey("orders.number"), nullable=False, index=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("order_events")
    op.drop_table("orders")
