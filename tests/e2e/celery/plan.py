"""What the DAGs and the show agree on. Read by DAG files, so nothing heavy is imported."""

from __future__ import annotations

import csv
import io

FLAGSHIP, MILESTONES = "example_report_distribution", "example_conqa_milestones"
"""Example DAGs, run as they are."""
REGIONS, TICKETS = "celery-regions", "celery-tickets"
"""DAGs of this folder: a report and a mail for each region, and a ticket for each row of a file."""
DAG_IDS = (FLAGSHIP, MILESTONES, REGIONS, TICKETS)

READERS = {
    "Nordics": "nordics@example.com",
    "DACH": "dach@example.com",
    "Benelux": "benelux@example.com",
    "Iberia": "iberia@example.com",
    "France": "france@example.com",
    "UK and Ireland": "uk.ireland@example.com",
}
WAITS = 1 + 3 * 2 + len(READERS)
"""Of the flagship an audit, and three regions in two formats; and a report for each region: all deferred at a time."""

ROWS = 300
"""Of each bulk write."""
IN_FLIGHT = 16
PASSED = 100
"""How many rows a vendor answers before it keeps the next ones."""
TICKETS_FILE, SCHEDULE = "tickets.csv", "schedule.csv"


def task_of(region: str) -> str:
    """Return the name of a region as it stands in ids of tasks.

    :param region: The region.
    """
    return region.lower().replace(" ", "_")


def tickets() -> list[str]:
    """Return the names of all tickets."""
    return [f"Finding {number:03d} of the walk" for number in range(ROWS)]


def milestones() -> list[str]:
    """Return the external ids of all milestones."""
    return [f"P6-C{number:04d}" for number in range(ROWS)]


def tickets_file() -> bytes:
    """Return the file of tickets."""
    return _csv(["name", "description"], [[name, "As seen on the walk"] for name in tickets()])


def schedule() -> bytes:
    """Return the construction schedule, with the columns that the example DAG wants."""
    columns = ["activity", "name", "status", "product_type", "area", "start", "dropped"]
    rows = [[one, f"Slab {one}", "planned", "earthworks", "area-1", "", ""] for one in milestones()]
    return _csv(columns, rows)


def _csv(columns: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()
