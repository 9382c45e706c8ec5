"""SQL stands in files, one statement each, under the same names in both dialects, each saying what it is for."""

from __future__ import annotations

from pathlib import Path

DIALECTS = ("sqlite", "postgres")


def complaints(queries: Path) -> list[str]:
    """What is wrong with one ``queries`` folder: a name only one dialect has, or a file without a comment in its head."""
    files = {dialect: sorted((queries / dialect).glob("*.sql")) for dialect in DIALECTS}
    names = {dialect: {path.name for path in paths} for dialect, paths in files.items()}
    missing = [
        f"{dialect}/{name} is missing"
        for dialect in DIALECTS
        for name in sorted(set.union(*names.values()) - names[dialect])
    ]
    silent = [
        f"{path.parent.name}/{path.name} does not begin with a comment saying what it is for"
        for paths in files.values()
        for path in paths
        if not path.read_text(encoding="utf-8").startswith(("--", "/*"))
    ]
    return missing + silent


def test_both_dialects_define_the_same_statements(repository: Path):
    folders = sorted((repository / "src").rglob("queries"))
    assert {str(folder): found for folder in folders if (found := complaints(folder))} == {}


def test_a_missing_or_silent_statement_is_seen(tmp_path: Path):
    for dialect in DIALECTS:
        (tmp_path / dialect).mkdir()
    (tmp_path / "sqlite/add_token.sql").write_text("-- Keeps a token's digest.\nINSERT INTO token VALUES (1)")
    (tmp_path / "sqlite/drop_token.sql").write_text("DELETE FROM token")
    (tmp_path / "postgres/drop_token.sql").write_text("-- Forgets a token.\nDELETE FROM token")
    assert complaints(tmp_path) == [
        "postgres/add_token.sql is missing",
        "sqlite/drop_token.sql does not begin with a comment saying what it is for",
    ]
