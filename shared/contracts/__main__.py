"""`python -m shared.contracts` writes the AsyncAPI document of all published facts to standard output."""

import sys

import orjson

from shared.contracts.schemas import asyncapi

sys.stdout.buffer.write(orjson.dumps(asyncapi(), option=orjson.OPT_INDENT_2) + b"\n")
