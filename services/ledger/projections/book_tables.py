"""The tables of the books: what must be remembered a line, a line-day and a work order, postings, and balances."""

import sqlalchemy as sa

METADATA = sa.MetaData()

LINE = sa.Table(
    "view_line",
    METADATA,
    sa.Column("line_id", sa.Text, primary_key=True),
    sa.Column("plant_id", sa.Text, nullable=False),
    sa.Column("factory_org_id", sa.Text, nullable=False, index=True),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("register", sa.LargeBinary, nullable=False),  # LineRegister as JSON
)
LINE_DAY = sa.Table(
    "view_line_day",
    METADATA,
    sa.Column("line_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),  # local date of the seconds themselves
    sa.Column("segments", sa.LargeBinary, nullable=False),  # the day's segments as JSON
    sqlite_with_rowid=False,
)
OPEN_SPAN = sa.Table(
    "view_open_span",
    METADATA,
    sa.Column("line_id", sa.Text, primary_key=True),
    sa.Column("span_id", sa.Text, primary_key=True),  # of the work order or the stoppage
    sa.Column("kind", sa.Text, primary_key=True),  # setup | run | stoppage
    sa.Column("opened", sa.Integer, primary_key=True, autoincrement=False),  # the entry that began it
    sa.Column("since", sa.Integer, nullable=False),  # first second
    sa.Column("day", sa.Text, nullable=False),  # local date of the first second
    sa.Column("closed", sa.Integer, nullable=True),  # the entry that ended it; None while it is open
    sa.Index("view_open_span_closed", "closed"),
    sqlite_with_rowid=False,
)
WORK = sa.Table(
    "view_work",
    METADATA,
    sa.Column("work_id", sa.Text, primary_key=True),
    sa.Column("register", sa.LargeBinary, nullable=False),  # WorkRegister as JSON
)
DELIVERY = sa.Table(
    "view_delivery",
    METADATA,
    sa.Column("delivery_id", sa.Text, primary_key=True),
    sa.Column("work_id", sa.Text, nullable=False),  # "" until the shipment is known
    sa.Column("confirmed", sa.Integer, nullable=True),  # None until the receiving party confirmed
)
TIME_POSTING = sa.Table(
    "view_time_posting",
    METADATA,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("line_id", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),  # production day
    sa.Column("from_account", sa.Text, nullable=False),
    sa.Column("from_client", sa.Text, nullable=False),
    sa.Column("to_account", sa.Text, nullable=False),
    sa.Column("to_client", sa.Text, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Index("view_time_posting_line_day", "line_id", "day"),
    sqlite_with_rowid=False,
)
TIME_BALANCE = sa.Table(
    "view_time_balance",
    METADATA,
    sa.Column("line_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("seconds", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
UNIT_POSTING = sa.Table(
    "view_unit_posting",
    METADATA,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("work_id", sa.Text, nullable=False),
    sa.Column("line_id", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("capability", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("ideal_rate", sa.Integer, nullable=False),
    sa.Column("from_account", sa.Text, nullable=False),
    sa.Column("to_account", sa.Text, nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Index("view_unit_posting_line_day", "line_id", "day"),
    sqlite_with_rowid=False,
)
UNIT_BALANCE = sa.Table(
    "view_unit_balance",
    METADATA,
    sa.Column("line_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("capability", sa.Text, primary_key=True),
    sa.Column("unit", sa.Text, primary_key=True),
    sa.Column("ideal_rate", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("quantity", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
for _table, _amount in ((TIME_BALANCE, TIME_BALANCE.c.seconds), (UNIT_BALANCE, UNIT_BALANCE.c.quantity)):
    # Balances at or below zero are looked for after every page: none may stay.
    _spent = _amount <= sa.literal_column("0")
    sa.Index(f"{_table.name}_spent", _amount, sqlite_where=_spent, postgresql_where=_spent)
TABLES = (LINE, LINE_DAY, OPEN_SPAN, WORK, DELIVERY, TIME_POSTING, TIME_BALANCE, UNIT_POSTING, UNIT_BALANCE)
