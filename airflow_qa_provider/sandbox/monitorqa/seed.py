"""Invented companies, people, sites and checklists of the MonitorQA sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COMPANY = "Northwind Facilities Group"


@dataclass(frozen=True)
class Person:
    """A user of the company."""

    id: str
    name: str
    email: str
    role: str


@dataclass(frozen=True)
class Group:
    """A group of users or of audit objects."""

    id: str
    name: str
    member_ids: frozenset[str]


@dataclass(frozen=True)
class Question:
    """One item of a template; ``finding`` is what an auditor notes when it fails."""

    text: str
    finding: str
    critical: bool = False


@dataclass(frozen=True)
class Template:
    """A checklist; ``template_type`` is 0 or 1, the vendor does not say what that means."""

    id: str
    name: str
    template_type: int
    sections: Mapping[str, tuple[Question, ...]]


@dataclass(frozen=True)
class Site:
    """An audit object."""

    id: str
    name: str
    notes: str
    address: str
    lat: str
    lng: str
    department: str


PEOPLE = (
    ("Marta Lindqvist", "Senior auditor"),
    ("Tomas Keller", "Auditor"),
    ("Aisha Rahman", "Auditor"),
    ("Joel Petersen", "Auditor"),
    ("Chiara Conti", "Site manager"),
    ("Daniel Okafor", "Administrator"),
)

GROUPS = {"Safety auditors": (0, 1, 2), "Fire wardens": (3,), "Site managers": (4, 5)}

SITES = (
    ("Harbour Point Tower B", "Level 14 to 22 under fit-out; sign in at gate 2.", "Quayside 18", "Construction"),
    (
        "Maple Street Distribution Centre",
        "Forklift traffic: high-visibility vest needed.",
        "Maple Street 210",
        "Logistics",
    ),
    ("Riverside Clinic", "Patient areas: no photos of people.", "Riverside Walk 5", "Healthcare"),
    ("Old Mill Kitchen", "Deliveries before 10:00.", "Mill Lane 3", "Food"),
    ("Eastgate Car Park", "Levels -1 and -2 closed on Sundays.", "Eastgate 77", "Facilities"),
)

SITE_GROUPS = {"City sites": (0, 2, 4), "Operations": (1, 3)}

CHECKLISTS: Mapping[str, Mapping[str, tuple[Question, ...]]] = {
    "Site safety walk": {
        "Access and egress": (
            Question("Emergency exits are clear and marked", "Pallets stored in front of the exit.", True),
            Question("Walkways are free of trip hazards", "Extension lead across the main walkway."),
            Question("Lighting is sufficient in all access routes", "Two fittings out on the stair landing."),
            Question(
                "Site entrance is controlled and visitors are signed in", "Visitor book not filled in since Monday."
            ),
        ),
        "Fire safety": (
            Question("Extinguishers are in place, sealed and in date", "Extinguisher past its test date.", True),
            Question("Fire doors close by themselves", "Door wedged open with a bucket."),
            Question("Escape plan is displayed and current", "Plan shows the layout before the fit-out."),
        ),
        "Working at height": (
            Question("Scaffold tag is signed within the last seven days", "Tag signed nine days ago.", True),
            Question("Guard rails and toe boards are complete", "Toe board missing at bay 3."),
            Question("Ladders are secured and in good condition", "Stile cracked; ladder taken out of use."),
            Question("Openings are covered and marked", "Cover not fixed and not marked."),
        ),
        "Plant and equipment": (
            Question("Lifting equipment shows a valid inspection label", "Label on the chain hoist is illegible."),
            Question("Machine guards are fitted", "Guard of the cut-off saw removed.", True),
            Question("Portable tools are tested and tagged", "Three of twelve tools without a tag."),
        ),
        "Housekeeping": (
            Question("Waste is sorted and removed daily", "Mixed waste in the timber skip."),
            Question("Materials are stacked safely", "Plasterboard stacked upright without restraint."),
            Question("Welfare facilities are clean and supplied", "No hand towels in the washroom."),
        ),
    },
    "Kitchen hygiene inspection": {
        "Cold storage": (
            Question("Fridge temperatures are at or below 5 degrees C", "Fridge 2 at 8 degrees C.", True),
            Question("Temperature log is filled in twice a day", "Evening entries missing on two days."),
            Question("Raw and cooked food are separated", "Raw chicken above salad."),
        ),
        "Preparation": (
            Question("Colour-coded boards are used", "Green board used for fish."),
            Question("Hand wash basins have soap and hot water", "Soap dispenser empty."),
            Question("Allergen information is on display", "List does not name the new dessert.", True),
        ),
        "Cleaning": (
            Question("Cleaning schedule is signed", "Weekend not signed."),
            Question("Extraction hood filters are free of grease", "Filters saturated."),
            Question("Pest control report is on file", "Report of last quarter missing."),
        ),
    },
    "Fire door and emergency lighting check": {
        "Fire doors": (
            Question("Gaps are 3 mm or less on all sides", "Gap of 6 mm at the lock side."),
            Question("Intumescent strips are undamaged", "Strip painted over."),
            Question("Closer shuts the door from any angle", "Door stays open at 20 degrees.", True),
        ),
        "Emergency lighting": (
            Question("Charging indicators are lit", "Indicator off on level -1."),
            Question("Monthly function test is recorded", "No entry for last month."),
            Question("Exit signs are visible from every point", "Sign hidden behind a new duct.", True),
        ),
    },
    "Equipment maintenance check": {
        "Condition": (
            Question("No leaks, cracks or unusual noise", "Oil under the compressor."),
            Question("Emergency stop works", "Stop needs two attempts.", True),
            Question("Warning labels are legible", "Label worn off."),
        ),
        "Records": (
            Question("Service interval is respected", "Service due since three weeks."),
            Question("Operating instructions are at hand", "Folder empty."),
        ),
    },
}
