"""Revisions of the orders' schema."""
