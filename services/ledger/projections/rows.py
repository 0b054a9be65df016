"""Many rows into a table at once: through the connection's transaction, past SQLAlchemy's per-row compilation.

SQL that SQLite and PostgreSQL both speak; names come from our own tables, values are always parameters.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

Row = tuple[object, ...]
"""Values in the order of the table's columns."""


def read(connection: sa.Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What *statement* finds; `?` stands for a value. For the few small reads that every page makes."""
    if connection.dialect.paramstyle != "qmark":
        statement = statement.replace("?", "%s")
    return [tuple(row) for row in connection.exec_driver_sql(statement, values)]


def write(connection: sa.Connection, statement: str, *values: object) -> None:
    """Do what *statement* says; `?` stands for a value."""
    if connection.dialect.paramstyle != "qmark":
        statement = statement.replace("?", "%s")
    connection.exec_driver_sql(statement, values)


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add *rows*, none of which is there."""
    if rows:
        connection.exec_driver_sql(_insert(table, connection.dialect.paramstyle), list(rows))


def replace(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add *rows*, or overwrite those with the same key."""
    if rows:
        updates = ", ".join(f"{name} = excluded.{name}" for name in _rest(table))
        connection.exec_driver_sql(_upsert(table, connection.dialect.paramstyle, updates), list(rows))


def add_up(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Add each row's last value to the row with the same key, or store it as a new row."""
    if rows:
        amount = _rest(table)[-1]
        update = f"{amount} = {table.name}.{amount} + excluded.{amount}"
        connection.exec_driver_sql(_upsert(table, connection.dialect.paramstyle, update), list(rows))


def _rest(table: sa.Table) -> list[str]:
    return [f'"{column.name}"' for column in table.columns if not column.primary_key]


@cache
def _insert(table: sa.Table, style: str) -> str:
    marks = ", ".join(["?" if style == "qmark" else "%s"] * len(table.columns))
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - own names


@cache
def _upsert(table: sa.Table, style: str, updates: str) -> str:
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f"{_insert(table, style)} ON CONFLICT ({key}) DO UPDATE SET {updates}"
