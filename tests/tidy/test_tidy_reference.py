"""The generated page of the reference is what the catalog says, and the check can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = Path("docs/reference/resources.md")


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "tools" / "reference.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_reference_is_current():
    assert check(ROOT).returncode == 0, "run: python tools/reference.py"


def test_a_page_that_differs_is_found(tmp_path: Path):
    (tmp_path / "tools").mkdir()
    (tmp_path / PAGE).parent.mkdir(parents=True)
    (tmp_path / "tools" / "reference.py").write_text((ROOT / "tools" / "reference.py").read_text())
    (tmp_path / PAGE).write_text((ROOT / PAGE).read_text().replace("100,000", "100,001"))
    result = check(tmp_path)
    assert result.returncode == 1
    assert "tools/reference.py" in result.stderr
