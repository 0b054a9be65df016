"""The last guard of the books: no account is ever negative, and one that has nothing has no row."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.ledger.domain.accounts import Account, UnitAccount
from services.ledger.domain.timeline import TimePosting
from services.ledger.domain.work_book import Batch, UnitPosting
from services.ledger.projections.book_tables import METADATA, TIME_BALANCE, UNIT_BALANCE
from services.ledger.projections.bookkeeping import Bookkeeping, BooksUnbalanced
from shared.eventstore.database import memory_engine

DAY = 20_788
BATCH = Batch(DAY, "CAN_BODY", "can", 1_000)


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    engine = memory_engine()
    with engine.connect() as opened:
        METADATA.create_all(opened)
        yield opened
    engine.dispose()


def post_time(connection: sa.Connection, entry: int, source: Account, target: Account, seconds: int) -> None:
    books = Bookkeeping(connection)
    books.post_time(entry, "lin_1", [TimePosting(DAY, source, "", target, "", seconds)])
    books.put_back()


def post_units(connection: sa.Connection, entry: int, source: UnitAccount, target: UnitAccount, quantity: int) -> None:
    books = Bookkeeping(connection)
    books.post_units(entry, "wrk_1", "lin_1", [UnitPosting(BATCH, source, target, quantity)])
    books.put_back()


def test_more_time_than_stands_in_an_account_never_leaves_it(connection: sa.Connection) -> None:
    post_time(connection, 1, Account.CALENDAR, Account.AVAILABLE, 3_600)
    with pytest.raises(BooksUnbalanced, match="-1"):
        post_time(connection, 2, Account.AVAILABLE, Account.COMMITTED, 3_601)


def test_more_units_than_stand_in_an_account_never_leave_it(connection: sa.Connection) -> None:
    post_units(connection, 3, UnitAccount.WIP, UnitAccount.GOOD, 100)
    with pytest.raises(BooksUnbalanced, match="-1"):
        post_units(connection, 4, UnitAccount.GOOD, UnitAccount.RELEASED, 101)


def test_an_account_that_falls_to_nothing_has_no_row(connection: sa.Connection) -> None:
    post_time(connection, 5, Account.CALENDAR, Account.AVAILABLE, 3_600)
    post_time(connection, 6, Account.AVAILABLE, Account.COMMITTED, 3_600)
    time = connection.execute(sa.select(TIME_BALANCE.c.account, TIME_BALANCE.c.seconds)).all()
    assert [tuple(one) for one in time] == [("committed", 3_600)]
    post_units(connection, 7, UnitAccount.WIP, UnitAccount.GOOD, 100)
    post_units(connection, 8, UnitAccount.GOOD, UnitAccount.SCRAP, 100)
    units = connection.execute(sa.select(UNIT_BALANCE.c.account, UNIT_BALANCE.c.quantity)).all()
    assert [tuple(one) for one in units] == [("scrap", 100)]
