"""Runs the benchmarks that have something to hold, and writes docs/performance.md and its picture.

``make bench-page`` takes about half an hour on an idle machine; ``--quick`` takes the small rounds, to see the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bulk import ROOT
from benchmarks.wanted import LEEWAY, Wanted

PAGE = ROOT / "docs" / "performance.md"
PICTURE = PAGE.with_suffix(".png")
FIGURES = PAGE.with_suffix(".json")
"""What the page was made of, so that one part can be measured anew."""
BEGIN, END = "<!-- begin: benchmarks.page -->\n", "<!-- end -->\n"
TITLES = {
    "read": "Lists as files",
    "bulk": "Many rows written",
    "download": "A large file",
    "looking": "Looking into a file",
    "tenants": "Many accounts",
    "imports": "Import",
}
_FULL = {"read": ["--full"], "bulk": ["--full"], "download": ["--mib", "1024"], "tenants": ["--full"]}
_COLORS = ("#2e7d5b", "#d9a441", "#b3423a")


def measured(name: str, folder: Path, *, full: bool) -> dict[str, Any]:
    """Run one benchmark, and return what it found; that something is missed stands in its figures."""
    path = folder / f"{name}.json"
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{name}", "--json", str(path)]
    done = subprocess.run([*command, *(_FULL.get(name, []) if full else [])], cwd=ROOT, check=False)
    if not path.exists():
        raise SystemExit(f"{name} ended with {done.returncode} and has no figures")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def tables(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the page's tables."""
    yield from ("![How much of what is allowed each figure takes](performance.png)", "")
    yield f"Measured on {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}."
    for name, found in results.items():
        yield from ("", f"### {TITLES[name]}", "", "| | measured | at most | |", "| --- | --- | --- | --- |")
        for one in found["wanted"]:
            yield f"| {one.what} | {one.measured:.3g} | {one.most:.3g} | {'**missed**' if one.missed else ''} |"
        for job, lines in found.get("figures", {}).items():
            yield from ("", f"| {job} | seconds | CPU seconds |", "| --- | --- | --- |")
            for contender, line in lines.items():
                yield f"| {contender} | {line['wall']:.2f} | {line['cpu']:.2f} |"
    yield ""


def draw(results: dict[str, dict[str, Any]]) -> None:
    """Draw how much of what is allowed each figure takes."""
    from matplotlib.figure import Figure

    rows = [(f"{TITLES[name]} · {one.what}", one) for name, found in results.items() for one in found["wanted"]]
    rows = [(label, one) for label, one in rows if one.most]
    shares = [one.measured / one.most for _, one in rows]
    figure = Figure(figsize=(11, 0.42 * len(rows) + 1.2), layout="constrained")
    axes = figure.subplots()
    colors = [_COLORS[(share > 1) + (share > LEEWAY)] for share in shares]
    bars = axes.barh([label for label, _ in rows], shares, color=colors)
    axes.bar_label(bars, [f"{one.measured:.3g} of {one.most:.3g}" for _, one in rows], padding=4, fontsize=9)
    axes.axvline(1, color="black", linewidth=1)
    axes.invert_yaxis()
    axes.set_xlim(0, max(1.35, 1.2 * max(shares)))
    axes.set_xlabel("measured, as a part of what is allowed")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.savefig(PICTURE, dpi=110)


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the small rounds")
    parser.add_argument("--only", action="append", choices=TITLES, help="measure this one anew, and keep the others")
    arguments = parser.parse_args()
    kept: dict[str, dict[str, Any]] = json.loads(FIGURES.read_text()) if arguments.only else {}
    with tempfile.TemporaryDirectory() as name:
        for one in arguments.only or TITLES:
            kept[one] = measured(one, Path(name), full=not arguments.quick)
    results = {one: kept[one] for one in TITLES if one in kept}
    FIGURES.write_text(json.dumps(results, indent=1) + "\n")
    for found in results.values():
        found["wanted"] = [Wanted(*one) for one in found["wanted"]]
    head, begin, rest = PAGE.read_text().partition(BEGIN)
    _, end, tail = rest.partition(END)
    PAGE.write_text(head + begin + "\n".join(tables(results)) + end + tail)
    draw(results)


if __name__ == "__main__":
    main()
