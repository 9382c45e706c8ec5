"""Writes migrations/DIALECT/schema.sql of each application: from an empty database to the newest revision in one file.

python tools/schemas.py            write them
python tools/schemas.py --check    exit 1 when one is not what the revisions say
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import get_args

from hirewire.db import Dialect
from hirewire.db.schema import schema_script
from hirewire.platform.stores import STAMP_TABLE
from hirewire.sync.kinds import SCHEMA

APPLICATIONS = {"hirewire.platform.migrations": STAMP_TABLE, "hirewire.sync.migrations": SCHEMA}


def schemas() -> Iterator[tuple[Path, str]]:
    """Each file and what should be in it."""
    for location, stamp_table in APPLICATIONS.items():
        for dialect in get_args(Dialect):
            path = Path(str(resources.files(location).joinpath(dialect, "schema.sql")))
            yield path, schema_script(location, dialect, stamp_table)


def main() -> int:
    is_check = "--check" in sys.argv[1:]
    stale = 0
    for path, text in schemas():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if is_check:
            sys.stderr.write(f"{path.parent.name}/{path.name} is not what the revisions say: python tools/schemas.py\n")
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
