"""What brings a database up to the tables of this code: new ones are made, columns that older files lack are added.

Nothing is ever dropped or rewritten here, so a file of any earlier release opens and goes on.
"""

import sqlite3

import sqlalchemy as sa

from shared.eventstore.database import create_tables, driver_of, transaction
from shared.eventstore.identity import FIRST_EPOCH, Epoch, Identity, new_log_id
from shared.eventstore.tables import EPOCH, METADATA

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
_EPOCHS = f"SELECT log_id, number, after_position FROM {EPOCH.name} ORDER BY number"  # noqa: S608 - own name
_ADD_EPOCH = f"INSERT INTO {EPOCH.name} (number, log_id, after_position) VALUES (?,?,?)"  # noqa: S608 - own name


def bring_up_to_date(connection: sa.Connection) -> Identity:
    """Have every table and column there, and an identity; returns it. Takes the write lock only where something lacks."""
    driver = driver_of(connection)
    if _lacking_tables(driver) or _lacking_columns(driver) or read_identity(driver) is None:
        with transaction(connection):
            create_tables(connection)
            for table, column in _lacking_columns(driver):
                kind = METADATA.tables[table].c[column].type.compile(connection.dialect)
                driver.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}").close()
            if read_identity(driver) is None:
                add_epoch(driver, new_log_id(), Epoch(FIRST_EPOCH, 0))
    identity = read_identity(driver)
    if identity is None:
        raise AssertionError("unreachable: the identity was written above")
    return identity


def read_identity(driver: sqlite3.Connection) -> Identity | None:
    """None for a database that was made before logs had one."""
    rows = driver.execute(_EPOCHS).fetchall() if EPOCH.name in _tables(driver) else []
    return Identity(rows[0][0], tuple(Epoch(row[1], row[2]) for row in rows)) if rows else None


def add_epoch(driver: sqlite3.Connection, log_id: str, epoch: Epoch) -> None:
    driver.execute(_ADD_EPOCH, (epoch.number, log_id, epoch.after_position)).close()


def _tables(driver: sqlite3.Connection) -> set[str]:
    return {name for (name,) in driver.execute(_TABLES).fetchall()}


def _lacking_tables(driver: sqlite3.Connection) -> set[str]:
    return set(METADATA.tables) - _tables(driver)


def _lacking_columns(driver: sqlite3.Connection) -> list[tuple[str, str]]:
    """(table, column) of what tables of an older release do not have; all of them may be NULL."""
    present = _tables(driver)
    lacking = []
    for name, table in METADATA.tables.items():
        if name in present:
            known = {row[1] for row in driver.execute(f"PRAGMA table_info({name})").fetchall()}
            lacking += [(name, column.name) for column in table.columns if column.name not in known]
    return lacking
