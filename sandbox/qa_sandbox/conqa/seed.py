"""Invented account, people, projects, milestone configurations and checklists of the CONQA sandbox."""

from __future__ import annotations

from collections.abc import Mapping

ACCOUNT = "Kestrel Ridge Constructors"
# The first one owns the token.
PEOPLE = ("Hana Whitmore", "Rory Tamihana", "Priya Nandakumar", "Callum Fairweather", "Elena Vasko", "Jonah Sefa")

# Name, short code; the last one is a project that the token's owner may not see.
PROJECTS = (
    ("Kauri Quay Apartments", "KQA"),
    ("Riverstone Office Upgrade", "ROU"),
    ("Totara Street Car Park", "TSC"),
    ("Matai Rise Hospital Wing", "MRH"),
)
FULL, NO_FOLDERS, NO_CONFIG, NO_ACCESS = range(4)

STATUSES = {
    "planned": "Planned",
    "work-in-progress": "Work in Progress",
    "ready-to-inspect": "Ready to Inspect",
    "closed": "Closed",
}

# Field name -> kind, where its options come from, options; a label that starts with ! is inactive.
FIELDS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "productType": (
        "option",
        "project",
        {
            "earthworks": "Earthworks",
            "concrete-slab": "Concrete Slab",
            "waterproofing": "Waterproofing",
            "fire-stopping": "Fire Stopping",
            "landscaping": "Landscaping",
            "temporary-works": "!Temporary Works",
        },
    ),
    "area": (
        "option",
        "project",
        {
            "area-1": "Area 1",
            "area-2": "Area 2",
            "ground-floor": "Ground Floor",
            "podium": "Podium",
            "roof": "Roof",
            "area-9": "!Area 9",
        },
    ),
    "level": ("option", "project", {"level-1": "Level 1", "level-2": "Level 2", "level-0": "!Level 0"}),
    "subcontractor": (
        "option",
        "account",
        {"northline-civil": "Northline Civil", "delta-formwork": "Delta Formwork", "sealtek": "Sealtek Membranes"},
    ),
    "inspectionClass": ("option", "template", {"hold-point": "Hold Point", "witness-point": "Witness Point"}),
    "startDate": ("date", "project", {}),
    "endDate": ("date", "project", {}),
    "quantity": ("number", "project", {}),
    "notes": ("text", "project", {}),
}
TEMPLATE_FIELD = "productType"
FOLDER_FIELDS = ("area",)
ROOT_FOLDER = "Site QA"
AREAS_WITH_FOLDER = frozenset({"area-1", "area-2", "ground-floor", "podium"})

# Product type -> checklist template -> section -> checkpoints; landscaping has no template.
TEMPLATES: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "earthworks": (
        "ITP 0001 - Excavation, Fill & Subgrade",
        {
            "Before work starts": (
                "Services located and marked on site",
                "Erosion and sediment control in place",
                "Latest issued-for-construction drawings on site",
            ),
            "During the work": (
                "Unsuitable material removed to the depth directed",
                "Fill placed in layers of 200 mm or less",
                "Compaction tests taken every 250 square metres",
            ),
            "Sign-off": ("Subgrade proof rolled, no visible deflection", "Levels surveyed within 20 mm of design"),
        },
    ),
    "concrete-slab": (
        "ITP 0002 - Reinforced Concrete Slab",
        {
            "Before the pour": (
                "Formwork dimensions and bracing checked",
                "Reinforcement size, spacing and laps as drawn",
                "Cover of 40 mm kept with chairs",
                "Penetrations and cast-in items set out",
            ),
            "Pour": ("Slump and temperature recorded for every truck", "Cylinders taken, three per 50 cubic metres"),
            "After the pour": ("Curing started within two hours", "Flatness within 5 mm under a 3 m straight edge"),
        },
    ),
    "waterproofing": (
        "ITP 0003 - Wet Area Waterproofing",
        {
            "Substrate": ("Falls to waste of 1:80 or steeper", "Moisture content below the maker's limit"),
            "Membrane": (
                "Bond breakers at all junctions",
                "Two coats, dry film thickness measured",
                "Flood test held for 24 hours",
            ),
        },
    ),
    "fire-stopping": (
        "ITP 0004 - Passive Fire Stopping",
        {
            "Penetrations": (
                "System matches the tested detail",
                "Annular gap within the tested range",
                "Label fixed on both sides with system and date",
            ),
            "Records": ("Photo of every penetration before sealing", "Entry in the passive fire register"),
        },
    ),
}

# External id, name, product type, area, status; two share an id, as happens when a schedule is imported twice.
MILESTONES = (
    ("P6-A1010", "Clearing and grubbing, Area 1", "earthworks", "area-1", "closed"),
    ("P6-A1020", "Excavation, fill and subgrade, Area 1", "earthworks", "area-1", "closed"),
    ("P6-A1030", "Excavation, fill and subgrade, Area 2", "earthworks", "area-2", "ready-to-inspect"),
    ("P6-A1110", "Slab on grade, Ground Floor east", "concrete-slab", "ground-floor", "closed"),
    ("P6-A1120", "Slab on grade, Ground Floor west", "concrete-slab", "ground-floor", "work-in-progress"),
    ("P6-A1210", "Podium slab, pour 1", "concrete-slab", "podium", "work-in-progress"),
    ("P6-A1220", "Podium slab, pour 2", "concrete-slab", "podium", "planned"),
    ("P6-A1310", "Podium planter membranes", "waterproofing", "podium", "planned"),
    ("P6-A1320", "Ground Floor amenities membranes", "waterproofing", "ground-floor", "planned"),
    ("P6-A1410", "Riser fire stopping, Ground Floor", "fire-stopping", "ground-floor", "planned"),
    ("P6-A1420", "Riser fire stopping, Podium", "fire-stopping", "podium", "planned"),
    ("P6-A1900", "Car park ramp", "concrete-slab", "area-2", "planned"),
    ("P6-A1900", "Car park ramp (imported again)", "concrete-slab", "area-2", "planned"),
)
AMBIGUOUS_EXTERNAL_ID = "P6-A1900"

ISSUE_STATUSES = ("open", "closed", "disputed", "ready-to-inspect", "work-completed")
ISSUES_BY_PROJECT = (37, 12, 0)
DEFECTS = (
    ("Honeycombing at column base", "Voids up to 30 mm deep on the north face, grid C4. Engineer to advise on repair."),
    ("Membrane stops short of the upstand", "Finished 90 mm above floor level, 150 mm is specified."),
    ("Fire collar missing", "Waste pipe through the slab has no collar on the underside."),
    ("Cover too low", "Chairs displaced during the pour, 22 mm measured over two square metres."),
    ("Compaction test below 95 %", "Test 14 gave 91 %, rework the layer and test again."),
    ("Door frame out of plumb", "12 mm over the height of the leaf, door binds."),
    ("Flood test not recorded", "No photo and no signature for units 2.04 to 2.07."),
    ("Label missing on penetration", "System and date are not shown on the corridor side."),
    ("Crack along the construction joint", "0.4 mm wide, 3 m long. Monitor for two weeks."),
    ("Tile hollow when tapped", "Four tiles by the shower waste."),
)
