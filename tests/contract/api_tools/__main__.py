"""`make lint-api`: both linters over the document, and what they found."""

import sys
import tempfile
from pathlib import Path

import orjson

from tests.contract.api_tools.tools import redocly, spectral
from tests.support.api_document import whole_document

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as room:
        path = Path(room) / "openapi.json"
        path.write_bytes(orjson.dumps(whole_document()))
        found = {"spectral:oas": spectral(path), "redocly recommended": redocly(path)}
    for linter, rows in found.items():
        sys.stdout.write(f"{linter}: {len(rows)} errors and warnings\n" + "".join(f"  {row}\n" for row in rows))
    sys.exit(any(found.values()))
