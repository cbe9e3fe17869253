"""Checks no linter makes: sizes, vendors' names in the engines, and traces of one machine in tracked files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "airflow_qa_provider"
# Rooms that work for any vendor, and name none. A word of our own may hold such a name; a vendor's may not stand here.
NEUTRAL = (
    "bases",
    "bulk",
    "delivery",
    "doctor",
    "journal",
    "kinds",
    "records",
    "reports",
    "rest",
    "triggers",
    "waiting",
)
VENDORS = re.compile(r"conqa|monitorqa|qalyptus|simplo|smartq", re.IGNORECASE)
SIZED = (PACKAGE, "tests")
WRITTEN = ("get_provider_info.py",)  # by a script, and only data
MAX_MODULE_LINES = 450
MAX_FUNCTION_LINES = 70

# Written in pieces, so that this file passes its own check.
TRACES = {
    "absolute path of a home or workspace": re.compile(
        r"(?<![\w.{}<>/-])/(?:" + "|".join(["home", "Users", "root", "work", "workspace"]) + r")/\w"
    ),
    "address of a package index": re.compile(
        "|".join(
            ["--(?:extra-)?index" + "-url", "--find" + "-links", r"://\S+/simp" + r"le\b", "pythonhosted" + r"\.org"]
        )
    ),
}


def tracked_files(root: Path) -> list[Path]:
    """List what git tracks or is about to; outside a clone, everything that is not hidden."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is found on PATH
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = [root / name for name in listing.stdout.decode().split("\0") if name]
    else:
        paths = [p for p in root.rglob("*") if not any(part.startswith(".") for part in p.relative_to(root).parts)]
    return sorted(path for path in paths if path.is_file())


def size_problems(path: Path, source: str) -> Iterator[str]:
    """Report a module or function that has outgrown its limit."""
    lines = source.count("\n")
    if lines > MAX_MODULE_LINES:
        yield f"{path}: {lines} lines, the limit is {MAX_MODULE_LINES}: give a second job its own module"
    for node in ast.walk(ast.parse(source, filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines, the limit is {MAX_FUNCTION_LINES}"


def name_problems(path: Path, source: str) -> Iterator[str]:
    """Report a vendor's name where any vendor is served."""
    for number, line in enumerate(source.splitlines(), start=1):
        if VENDORS.search(line):
            yield f"{path}:{number}: names a vendor, what differs belongs into its folder: {line.strip()[:80]}"


def trace_problems(path: Path, source: str) -> Iterator[str]:
    """Report text that only makes sense on the machine it was written on."""
    for number, line in enumerate(source.splitlines(), start=1):
        for what, pattern in TRACES.items():
            if pattern.search(line):
                yield f"{path}:{number}: {what}: {line.strip()[:100]}"


def main() -> int:
    """Print every problem; 0 when there is none."""
    root = Path(__file__).resolve().parent.parent
    problems: list[str] = []
    for path in tracked_files(root):
        try:
            source = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # an image or a PDF fixture
            continue
        relative = path.relative_to(root)
        problems += trace_problems(relative, source)
        if path.suffix != ".py":
            continue
        if relative.parts[0] in SIZED and relative.name not in WRITTEN:
            problems += size_problems(relative, source)
        if relative.parts[0] == PACKAGE and len(relative.parts) > 2 and relative.parts[1] in NEUTRAL:
            problems += name_problems(relative, source)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
