"""What the example DAGs read: a construction schedule, the findings of a site walk, and their photos."""

from __future__ import annotations

import csv
import json
from pathlib import Path

_SCHEDULE = (
    ("activity", "name", "status", "product_type", "area", "start", "dropped"),
    ("P6-A1020", "Excavation, fill and subgrade, Area 1", "closed", "earthworks", "area-1", "2026-03-16", ""),
    ("P6-A1310", "Podium planter membranes", "ready-to-inspect", "waterproofing", "podium", "2026-04-07", ""),
    ("P6-A2000", "Car park drainage", "planned", "earthworks", "area-2", "", ""),
    ("P6-A1420", "Riser fire stopping, Podium", "planned", "fire-stopping", "podium", "", "yes"),
)
_FINDINGS = (
    {"title": "Fire door 2.14 without closer", "trade": "carpentry", "photo": "door.jpg"},
    {"title": "Membrane torn at the kerb", "trade": "roofing", "photo": "kerb.jpg"},
)


def write_inputs(files: Path) -> None:
    """Write what is not there yet: what a person has changed stays.

    :param files: Folder of the reports, where the tablet of the walk leaves its findings, and the planner the schedule.
    """
    from qa_sandbox.files.photos import photo

    files.mkdir(parents=True, exist_ok=True)
    findings, schedule = files / "findings.json", files / "schedule.csv"
    if not findings.exists():
        findings.write_text(json.dumps(_FINDINGS, indent=1))
    for scene, finding in enumerate(_FINDINGS):
        picture = files / finding["photo"]
        if not picture.exists():
            picture.write_bytes(photo(scene, finding["title"], failed=True))
    if not schedule.exists():
        with schedule.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(_SCHEDULE)
