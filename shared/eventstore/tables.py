"""The tables of one log's database: events, identity, marks, and the notes of views, parking, leases, seals, relays."""

import sqlalchemy as sa

METADATA = sa.MetaData()

EPOCH = sa.Table(
    "log_epoch",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("log_id", sa.Text, nullable=False),  # the same in every row
    sa.Column("after_position", sa.Integer, nullable=False),  # the history owns what lies above
)

EVENT = sa.Table(
    "event",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True),  # contiguous from 1, given under the write lock
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("event_id", sa.Text),  # NULL: the id is "<stream>@<version>"
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("cause", sa.LargeBinary, nullable=False),
    sa.Column("recorded_us", sa.Integer, nullable=False),  # microseconds since 1970, never falling
    sa.Column("digest", sa.LargeBinary, nullable=False),  # over everything up to and including this row
    sa.UniqueConstraint("stream", "version", name="event_stream_version"),
)

PROGRESS = sa.Table(
    "progress",
    METADATA,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("mark", sa.Integer, nullable=False),
    sa.Column("log_id", sa.Text),  # NULL in all three: nobody knew which log the mark points into
    sa.Column("epoch", sa.Integer),
    sa.Column("digest", sa.LargeBinary),  # the source log's, at the marked position
)

CLAIM = sa.Table(
    "claim",
    METADATA,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("expires_us", sa.Integer, nullable=False),
)

CHECKPOINT = sa.Table(
    "view_checkpoint",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("code_digest", sa.Text, nullable=False),
)

PARKED = sa.Table(
    "parked",
    METADATA,
    sa.Column("owner", sa.Text, primary_key=True),  # "view:<name>", "consumer:<name>" or "relay:<topic>"
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("mark", sa.Integer, primary_key=True),  # position, or a delivery's mark
    sa.Column("key", sa.Text, nullable=False),  # the stream or the fact's subject
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("parked_us", sa.Integer, nullable=False),
)

LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("expires_us", sa.Integer, nullable=False),
)

SEAL = sa.Table(
    "seal_key",
    METADATA,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False),
)

FACT_COUNT = sa.Table(
    "fact_count",
    METADATA,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("facts", sa.Integer, nullable=False),  # how many the events up to here have published
)
