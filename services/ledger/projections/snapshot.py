"""One moment of all views: figures, their size and their evidence are read in one transaction or do not agree."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def snapshot(views: sa.Engine) -> Iterator[sa.Connection]:
    """A read transaction over *views*: what pages change meanwhile is not seen. Autocommit engines begin by hand."""
    with views.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("COMMIT")
