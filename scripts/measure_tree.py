"""Measures the tree against the figures of docs/architecture.md; plain Python, run from anywhere.

Prints a table; with --check, ends with 1 where a figure is missed.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import tomllib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "airflow_qa_provider"
SANDBOX = ROOT / "sandbox" / "qa_sandbox"
WINDOW = 6  # lines that two places share, texts and numbers aside, to count as a pair
TOO_COMMON = 8


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    name: str
    value: float
    most: float

    @property
    def good(self) -> bool:
        """Whether it is reached."""
        return self.value <= self.most


def sources(folder: Path) -> list[Path]:
    """Return the Python files below a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def lines(folder: Path) -> int:
    """Count the lines below a folder."""
    return sum(path.read_text().count("\n") for path in sources(folder))


def classes(folder: Path) -> int:
    """Count the classes below a folder."""
    trees = (ast.parse(path.read_text()) for path in sources(folder))
    return sum(isinstance(node, ast.ClassDef) for tree in trees for node in ast.walk(tree))


def shape(line: str) -> str:
    """Return a line without its texts and numbers, ``""`` for one that says nothing."""
    text = line.strip()
    if not text or text.startswith(("#", "import ", "from ", '"""', "@")) or not re.search(r"\w", text):
        return ""
    text = re.sub(r'("[^"]*"|\'[^\']*\')', "S", text)
    return re.sub(r"\d+", "N", text)


def code_of(path: Path) -> list[tuple[int, str]]:
    """Return the lines of code of a file, without docstrings."""
    text = path.read_text()
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            skipped.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    numbered = enumerate(text.splitlines(), start=1)
    return [(number, shape(line)) for number, line in numbered if number not in skipped and shape(line)]


def duplicate_pairs(folder: Path) -> float:
    """Count the pairs of files that share a run of lines, a file with itself among them, per 1,000 lines."""
    runs: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for path in sources(folder):
        code = [text for _, text in code_of(path)]
        for start in range(len(code) - WINDOW + 1):
            runs[tuple(code[start : start + WINDOW])].append(path)
    pairs = {pair for found in runs.values() if len(found) <= TOO_COMMON for pair in combinations(sorted(found), 2)}
    return round(1000 * len(pairs) / lines(folder), 2)


def rooms_of(path: Path) -> str:
    """Return the room that a file of the package stands in; a vendor's folder is one."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "/".join(parts[:2]) if parts[0] == "vendors" and len(parts) > 2 else parts[0]


def arrows() -> set[tuple[str, str]]:
    """Return the imports between rooms, those inside functions too, those for type checkers not."""
    found = set()
    for path in sources(PACKAGE):
        for name in imported(ast.parse(path.read_text())):
            target = PACKAGE.joinpath(*name.split(".")[1:])
            room = rooms_of(target) if target != PACKAGE else ""
            if room and room != rooms_of(path):
                found.add((rooms_of(path), room))
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of the package that a module imports."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped.update(ast.walk(node))
        if isinstance(node, ast.ImportFrom) and node not in skipped and (node.module or "").startswith(PACKAGE.name):
            yield str(node.module)


def circles(found: set[tuple[str, str]]) -> int:
    """Count the pairs of rooms that import each other, directly or over others."""
    reach: dict[str, set[str]] = defaultdict(set)
    for start, end in found:
        reach[start].add(end)
    for _ in reach:
        for room in list(reach):
            reach[room] |= {far for near in reach[room] for far in reach.get(near, ())}
    return sum(room in reach[other] and other in reach[room] for room, other in combinations(sorted(reach), 2))


def rising(found: set[tuple[str, str]]) -> int:
    """Count the imports that run from a lower layer to a higher one, as pyproject.toml orders them."""
    (contract, *_) = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    rank = {name: index for index, layer in enumerate(contract["layers"]) for name in re.findall(r"\w+", layer)}
    return sum(rank[start.partition("/")[0]] > rank[end.partition("/")[0]] for start, end in found)


def frames() -> tuple[int, int]:
    """Count frames and files between ``execute()`` and the HTTP library, by scripts/count_frames.py."""
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("count_frames.py"))]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603
    return int(printed[-2]), int(printed[-1])


def describing(kind: str) -> int:
    """Count the modules outside the faces in which a kind of object is named as such."""
    faces = {"operators", "sensors", "transfers", "links", "hooks", "notifications", "assets"}
    naming = [path for path in sources(PACKAGE) if f'"{kind}"' in path.read_text()]
    return sum(rooms_of(path) not in faces for path in naming)


def edited_for_a_vendor() -> int:
    """Count the files that name all built-in vendors, and so would be edited for one more."""
    named = [path for path in sources(PACKAGE) if path.name != "get_provider_info.py"]
    return sum(all(f'"{name}"' in path.read_text() for name in ("conqa", "smartq")) for path in named) + 1


def figures() -> list[Figure]:
    """Return all rows."""
    found = arrows()
    deep, files = frames()
    return [
        Figure("files edited for a sixth vendor, outside its own", edited_for_a_vendor(), 2),
        Figure("modules in which an audit is described, beside its faces", describing("monitorqa.audit"), 1),
        Figure("lines in the provider's wheel", lines(PACKAGE), 25_000),
        Figure("lines of qa_sandbox", lines(SANDBOX), 17_000),
        Figure("classes of the provider", classes(PACKAGE), 240),
        Figure("duplicate pairs of files per 1,000 lines", duplicate_pairs(PACKAGE), 2.5),
        Figure("frames from execute() to the HTTP library, create audit", deep, 12),
        Figure("files that these frames are in", files, 6),
        Figure("imports between rooms that run up", rising(found), 0),
        Figure("circles between rooms", circles(found), 0),
    ]


def main() -> int:
    """Print the table."""
    rows = figures()
    width = max(len(row.name) for row in rows)
    print(f"{'measure'.ljust(width)}  {'now':>8}  {'at most':>8}")
    for row in rows:
        print(f"{row.name.ljust(width)}  {row.value:>8,}  {row.most:>8,}  {'' if row.good else 'MISSED'}".rstrip())
    return 1 if "--check" in sys.argv[1:] and not all(row.good for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
