"""The portal: who belongs to the programme, who may sign in, and with which keys tokens are signed.

Decides alone: organisations, users, API clients, signing keys, sessions. Streams: `organisation-…`, `credit-…`,
`user-…`, `login-…`, `client-…`, `keys`. Facts out: topic `portal` (organisation-admitted). Facts in: none.
Tables beside the log: sessions, sign-in attempts, private signing keys (sealed), and the views in `projections/`.
It has no business rule and sees the other services over HTTP only.
"""
