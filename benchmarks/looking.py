"""What it costs to look into a file that has arrived: memory of the check of JSON, processor time of the count of CSV.

The yardstick is the SHA-256 of the same bytes. ``python -m benchmarks.looking`` takes JSON of 29 MiB and CSV of 60 MiB,
plain and with every text in quotes. Exits non-zero where a figure is missed by more than a fifth.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bulk import ROOT
from benchmarks.bulk_stub import issue
from benchmarks.meter import resident_bytes
from benchmarks.wanted import Wanted, conclude

MIB = 1024 * 1024
FILES = {"JSON": ("json", 29 * MIB), "CSV": ("csv", 60 * MIB), "CSV, texts in quotes": ("csv", 60 * MIB)}
_CHUNK = 256 * 1024


def rows(title: str) -> Iterator[bytes]:
    """Yield the rows of a file without an end."""
    number = 0
    while True:
        one = issue(number)
        if title == "JSON":
            yield json.dumps(one).encode() + b",\n"
        else:
            texts = [str(value) for value in one.values()]
            yield (",".join(f'"{text}"' for text in texts) if "quotes" in title else
                   ",".join(text.replace(",", ";") for text in texts)).encode() + b"\n"  # fmt: skip
        number += 1


def make(title: str, path: Path) -> None:
    """Write a file of its size."""
    size = FILES[title][1]
    with path.open("wb") as file:
        if title == "JSON":
            file.write(b'{"items": [')
        for row in rows(title):
            file.write(row)
            if file.tell() >= size:
                break
        if title == "JSON":
            file.write(b"{}]}")


def one(kind: str, path: Path) -> dict[str, float]:
    """Look into a file, and return seconds of the digest and of the count, and the MiB that the latter takes."""
    from airflow_qa_provider.reports.counting import count

    small = path.with_suffix(".small")
    small.write_bytes(b'{"items": [1, 2]}' if kind == "json" else b"a,b\n1,2\n")
    count(lambda: small.open("rb"), kind, small.stat().st_size)  # loads what it needs
    began = time.thread_time()
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    hashed, began = time.thread_time() - began, time.thread_time()
    found = count(lambda: path.open("rb"), kind, path.stat().st_size)
    counted = time.thread_time() - began
    if not found.rows:
        raise SystemExit(f"{path.name} was not counted")
    held, ended = [resident_bytes()], threading.Event()

    def watch() -> None:
        while not ended.wait(0.005):
            held.append(resident_bytes())

    watching = threading.Thread(target=watch)
    watching.start()
    count(lambda: path.open("rb"), kind, path.stat().st_size)
    ended.set()
    watching.join()
    return {"hashed": hashed, "counted": counted, "mib": (max(held) - held[0]) / MIB}


def measured(title: str, folder: Path) -> dict[str, float]:
    """Look into a file in a process of its own; the best of three, for other work only ever adds."""
    path = folder / "file"
    make(title, path)
    command = [sys.executable, "-m", "benchmarks.looking", "--one", FILES[title][0], str(path)]
    told = [subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout for _ in range(3)]
    turns: list[dict[str, float]] = [json.loads(text.splitlines()[-1]) for text in told]
    return {name: min(turn[name] for turn in turns) for name in turns[0]}


def main() -> None:
    """Look into each file, and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures to a file, too")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.one[0], Path(arguments.one[1]))))
        return
    wanted: list[Wanted] = []
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="airflow-qa-bench-") as folder:
        for title, (kind, size) in FILES.items():
            found = measured(title, Path(folder))
            name = f"{title} of {size // MIB} MiB"
            figures[name] = {
                "its SHA-256": {"wall": found["hashed"], "cpu": found["hashed"]},
                "its count": {"wall": found["counted"], "cpu": found["counted"]},
            }
            wanted.append(Wanted(f"{name}: MiB above idle", found["mib"], 8))
            if kind == "csv":
                wanted.append(Wanted(f"{name}: count to the digest", found["counted"] / found["hashed"], 3))
    conclude(wanted, arguments.json, figures=figures)


if __name__ == "__main__":
    main()
