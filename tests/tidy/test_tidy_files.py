"""No file says what is nobody's business but one machine's, and the links between the root's documents hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SKIPPED_FOLDERS = {"__pycache__", "site", "dist", ".git", ".venv", ".cache", ".hypothesis"}
# Written in two halves, so that this file does not hold what it looks for.
FORBIDDEN = [
    "pypi" + ".org",
    "python" + "hosted",
    "registry." + "npmjs",
    "deb." + "debian",
    "/work" + "/",
    "/tmp" + "/hw",
    "/root" + "/",
    "co-" + "authored-by",
    "generated " + "with",
    "anthr" + "opic",
    "clau" + "de",
    "open" + "ai",
    "chat" + "gpt",
    "language " + "model",
]
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def files(repository: Path) -> Iterator[Path]:
    """Every file a person could commit: all but what make and the tools leave behind."""
    for folder, below, names in os.walk(repository):
        below[:] = [name for name in below if name not in SKIPPED_FOLDERS and not name.endswith("_cache")]
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith(".coverage"))


def mentions(text: str) -> list[str]:
    """The forbidden words of a text."""
    lowered = text.lower()
    return [word for word in FORBIDDEN if word in lowered]


def dead_links(page: Path) -> list[str]:
    """The relative links of a Markdown page that lead nowhere."""
    targets = (match["target"].partition("#")[0] for match in LINK.finditer(page.read_text(encoding="utf-8")))
    return [target for target in targets if target and "://" not in target and not (page.parent / target).exists()]


def test_no_file_mentions_a_machine_a_registry_or_how_it_was_written(repository: Path):
    found = {
        str(path.relative_to(repository)): words
        for path in files(repository)
        if (words := mentions(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_mention_is_seen(word: str):
    assert word in mentions(f"see {word.upper()}!")


def test_the_links_of_the_documents_hold(repository: Path):
    pages = [*repository.glob("*.md"), *(repository / "docs").rglob("*.md")]
    assert {page.name: dead for page in pages if (dead := dead_links(page))} == {}


def test_a_dead_link_is_seen(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#top) [b](gone.md) [c](https://example.org) [d](#here)", encoding="utf-8")
    assert dead_links(page) == ["gone.md"]
