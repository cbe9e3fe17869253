"""Invented organizations, people, reports and tasks of the Qalyptus sandbox: data only."""

from __future__ import annotations

from dataclasses import dataclass

from qa_sandbox.files.table import Measure

OWNER = "Fjordline Trading"


@dataclass(frozen=True)
class Subject:
    """
    What a report is about.

    :param dimension: Qlik field that the figures are broken down by, together with ``Month``
    :param measures: columns, with the lowest and highest value drawn
    """

    dimension: str
    members: tuple[str, ...]
    measures: tuple[tuple[Measure, float, float], ...]


REGIONS = ("Nordics", "DACH", "Benelux", "Iberia", "France", "UK and Ireland")
SUPPLIERS = ("Brightwater Plastics", "Alder & Sons", "Kestrel Components", "Lumen Glass", "Hollis Metalworks")
PRODUCTS = ("Desk lamp", "Office chair", "Filing cabinet", "Whiteboard", "Monitor arm", "Footrest", "Coat stand")
WAREHOUSES = ("Rotterdam", "Malmo", "Lyon", "Leipzig")

_EUR, _COUNT = "EUR", ""
SALES = Subject(
    "Region",
    REGIONS,
    (
        (Measure("Revenue", _EUR), 380_000, 920_000),
        (Measure("Target", _EUR), 400_000, 850_000),
        (Measure("Orders", _COUNT), 800, 2400),
        (Measure("Return rate", "%", total=False), 1.2, 6.5),
    ),
)
QUALITY = Subject(
    "Supplier",
    SUPPLIERS,
    (
        (Measure("Units received", _COUNT), 4000, 26_000),
        (Measure("Units rejected", _COUNT), 20, 640),
        (Measure("On-time delivery", "%", total=False), 82, 99.5),
    ),
)
COMPLAINTS = Subject(
    "Product",
    PRODUCTS,
    (
        (Measure("Complaints", _COUNT), 3, 60),
        (Measure("Closed in 5 days", "%", total=False), 70, 100),
        (Measure("Cost", _EUR), 200, 9000),
    ),
)
STOCK = Subject(
    "Warehouse",
    WAREHOUSES,
    ((Measure("Pieces", _COUNT), 9000, 64_000), (Measure("Stock value", _EUR), 90_000, 700_000)),
)


@dataclass(frozen=True)
class QlikAppSeed:
    """
    A Qlik app.

    :param variables: names and values
    :param bookmarks: names
    :param objects: titles and types
    """

    name: str
    subjects: tuple[Subject, ...]
    variables: tuple[tuple[str, str], ...]
    bookmarks: tuple[str, ...]
    objects: tuple[tuple[str, str], ...]


QLIK_APPS = (
    QlikAppSeed(
        "Sales analytics",
        (SALES,),
        (("vCurrentYear", "2026"), ("vCurrency", "EUR"), ("vRegionalManagers", "regional.managers@example.com")),
        ("Current quarter", "Nordics"),
        (("Revenue by region", "Chart"), ("Sales figures", "Table"), ("Return rate", "Kpi")),
    ),
    QlikAppSeed(
        "Quality monitor",
        (QUALITY, COMPLAINTS),
        (("vRejectLimit", "0.02"), ("vCurrentYear", "2026")),
        ("Top suppliers",),
        (("Rejected units", "Chart"), ("Supplier scorecard", "Table"), ("Complaints by product", "Table")),
    ),
    QlikAppSeed(
        "Warehouse stock",
        (STOCK,),
        (("vMinimumPieces", "10000"),),
        ("Below minimum",),
        (("Stock by warehouse", "Table"), ("Stock value", "Chart")),
    ),
)
# The output formats of a report, by its type: those that the sandbox can make.
REPORT_FORMATS = {
    "Excel": ("Xlsx", "Pdf", "Csv", "Html"),
    "Word": ("Pdf",),
    "PowerPoint": ("Pdf",),
    "HTML": ("Html", "Pdf"),
}
# Name, type, output formats, subject, project, iterates.
REPORTS: tuple[tuple[str, str, tuple[str, ...], Subject, int, bool], ...] = (
    ("Regional sales review", "Excel", ("Pdf", "Xlsx", "Csv", "Html"), SALES, 0, False),
    ("Supplier quality scorecard", "Excel", ("Pdf", "Xlsx"), QUALITY, 1, False),
    ("Customer complaints overview", "HTML", ("Html", "Pdf"), COMPLAINTS, 1, False),
    ("Warehouse stock extract", "Excel", ("Xlsx", "Csv"), STOCK, 2, False),
    ("Board pack", "PowerPoint", ("Pdf",), SALES, 0, True),
)
# Name, description, report, format, how it ends, scheduled.
TASKS: tuple[tuple[str, str, int, str, str, bool], ...] = (
    ("Monthly regional sales pack", "Sales review for the regional managers.", 0, "Pdf", "success", True),
    ("Low stock alert", "Sent only when a warehouse runs below its minimum.", 3, "Xlsx", "warning", True),
    ("Board pack to archive storage", "Stores the board pack in the archive bucket.", 4, "Pdf", "error", False),
    ("Weekly supplier quality summary", "Scorecard for purchasing.", 1, "Xlsx", "success", True),
)
ORGANIZATIONS = (("fjordline", "Fjordline Trading"), ("fjordline-logistics", "Fjordline Logistics"))
# Name, organization.
PROJECTS = (("Sales", 0), ("Quality", 0), ("Operations", 1))
# The first is the user of the API key, the second the tenant owner; the last owns nothing.
PEOPLE = ("Ingrid Solberg", "Pieter de Vries", "Sofia Almeida", "Lukas Brandt", "Niamh Byrne", "Camille Laurent")
# Name, project, Qlik app; item: type and index in the app.
FILTERS = (("Nordics only", 0, 0), ("Current year", 1, 1), ("Low stock", 2, 2))
# Name, description, project, Qlik app.
CONDITIONS = (
    ("Month is closed", "The books of the month are closed.", 0, 0),
    ("Stock below minimum", "A warehouse holds less than its minimum.", 2, 2),
)
# Name, description, members as indexes of people.
GROUPS = (
    ("Regional managers", "Get the sales review.", (2, 3, 4)),
    ("Purchasing", "Get the supplier scorecard.", (1, 5)),
)
IDENTITY_PROVIDER = "Fjordline sign-in"
# Name, type, port, folder.
STORAGE_SERVICES = (("Archive", "SFTP", 22, "/archive/reports"), ("Partner exchange", "FTP", None, "/in"))
API_KEYS = ("Finance exports", "Nightly pipelines")
# License, how many there are.
LICENSES = (("Professional", 5), ("Recipient", 100))


def email_of(name: str) -> str:
    return name.lower().replace(" ", ".") + "@example.com"
