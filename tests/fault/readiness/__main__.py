"""`python -m tests.fault.readiness`: each fault of readiness on a serving house. Exit 1: one was not said, by name, in time."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.fault.readiness.striking import SAID_WITHIN_S, strike_all

with tempfile.TemporaryDirectory() as folder:
    seen = strike_all(Path(folder) / "data")
late = [one.check for one in seen if one.said_after_s is None or one.said_after_s > SAID_WITHIN_S]
late += [f"{one.check} stays" for one in seen if one.well_after_s is None]
sys.stdout.write(json.dumps({"seen": [asdict(one) for one in seen], "late": late}) + "\n")
sys.exit(bool(late))
