"""Products and reservations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "products",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("category", sa.String(60), nullable=False),
        sa.Column("price_cents", sa.Integer, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("stock", sa.Integer, nullable=False),
        sa.CheckConstraint("price_cents >= 0", name="products_price_not_negative"),
        sa.CheckConstraint("stock >= 0", name="products_stock_not_negative"),
    )
    op.create_index("products_by_name", "products", ["name", "id"])
    op.create_index("products_by_price", "products", ["price_cents", "id"])
    op.create_index("products_by_category_name", "products", ["category", "name", "id"])
    op.create_index("products_by_category_price", "products", ["category", "price_cents", "id"])
    op.create_table(
        "reservations",
        sa.Column("order_id", sa.String(64), primary_key=True),
        sa.Column("lines", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("reservations")
    op.drop_table("products")
