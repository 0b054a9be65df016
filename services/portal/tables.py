"""Tables of the portal beside its log: what must be forgotten in time (sessions, attempts) or never told (keys)."""

import sqlalchemy as sa

METADATA = sa.MetaData()

SESSION = sa.Table(
    "portal_session",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),  # SHA-256 of the cookie: a stolen table opens nothing
    sa.Column("user_id", sa.String(30), nullable=False),
    sa.Column("csrf", sa.String(64), nullable=False),
    sa.Column("begun_s", sa.BigInteger, nullable=False),
    sa.Column("seen_s", sa.BigInteger, nullable=False),
)
ATTEMPT = sa.Table(
    "portal_attempt",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),  # of the account or the address
    sa.Column("begun_s", sa.BigInteger, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
)
FAMILIAR = sa.Table(
    "portal_familiar",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),  # of an account and an address it was signed in at
    sa.Column("seen_s", sa.BigInteger, nullable=False),
)
PRIVATE_KEY = sa.Table(
    "portal_private_key",
    METADATA,
    sa.Column("kid", sa.String(40), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
