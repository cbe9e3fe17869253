"""Invented checklists: templates, their sections and questions."""

from __future__ import annotations

from collections.abc import Mapping

from qa_sandbox.monitorqa.state.templates import Question

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
