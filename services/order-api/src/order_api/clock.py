"""The database's clock: the one clock that all pods share."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Float, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class moment(FunctionElement[datetime]):  # noqa: N801 - used like a function of SQL
    """When the current statement began, `seconds` later."""

    inherit_cache = True
    type = DateTime(timezone=True)

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(literal(seconds, Float()))


@compiles(moment, "postgresql")
def _postgresql(element: moment, compiler: SQLCompiler, **options: Any) -> str:
    # stable within a statement, so that an index may be searched by it; now() would be as old as the transaction
    return f"(statement_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(moment, "sqlite")
def _sqlite(element: moment, compiler: SQLCompiler, **options: Any) -> str:
    # in the format that SQLAlchemy writes, so that texts compare like times
    offset = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {offset} || ' seconds')"
