"""Entered by Alembic for every command."""

from chassis.migration import run_migrations

run_migrations()
