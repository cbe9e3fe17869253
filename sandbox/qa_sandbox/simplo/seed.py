"""Invented people, clients, projects and kinds of work of the Simplo IS sandbox."""

from __future__ import annotations

OWNER = "Lindenhof Digital Studio"
# The first one owns the token.
PEOPLE = ("Tereza Malinova", "Ondrej Vesely", "Klara Benesova", "Matej Horak")

# Name, hourly rate in CZK.
CLIENTS = (
    ("Orchard Lane Bakery", 1250),
    ("Blueheron Logistics", 1400),
    ("Saltmarsh Energy", 1550),
    ("Copperfield Museum", 1100),
)
# Name, client, kinds of work; a bug starts with !.
PROJECTS = (
    (
        "Webshop relaunch",
        0,
        (
            "Product page templates",
            "Checkout without registration",
            "Import of the old catalogue",
            "Delivery slots",
            "Newsletter sign-up",
            "!Voucher is applied twice",
            "!Order mail shows the wrong total",
        ),
    ),
    (
        "Driver app",
        1,
        (
            "Offline list of stops",
            "Proof of delivery with photo",
            "Route re-planning",
            "Push messages to drivers",
            "!App stops after long standby",
            "!Barcode scan fails on older phones",
        ),
    ),
    (
        "Metering portal",
        2,
        (
            "Hourly consumption chart",
            "Export of meter readings",
            "Role for auditors",
            "Alert on missing readings",
            "!Summer time shifts the chart by an hour",
            "Sign-in with company account",
        ),
    ),
    (
        "Ticketing website",
        3,
        (
            "Calendar of exhibitions",
            "Group bookings",
            "Seat plan for lectures",
            "Refund by the cashier",
            "!Tickets are sent twice",
            "English version",
        ),
    ),
)
# One report setting per project makes monthly reports; this one made a single report.
ONE_TIME = ("Discovery workshop", 0)
HISTORY_MONTHS = 12
FIRST_OPEN_REPORT = 2 + (HISTORY_MONTHS - 1) * len(PROJECTS)
