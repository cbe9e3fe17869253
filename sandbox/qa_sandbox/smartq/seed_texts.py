"""The words of the invented account."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Alderbrook Construction"


@dataclass(frozen=True)
class Finding:
    """A kind of defect, and what is done about it."""

    title: str
    trade: str
    description: str
    remedy: str
    tasks: tuple[str, ...]


# Name, mail address, job title, whether they may view profiles.
PEOPLE = (
    ("Airflow", "airflow@example.com", "Service account", True),
    ("Helen Marsh", "helen.marsh@example.com", "Project manager", True),
    ("Victor Lindholm", "victor.lindholm@example.com", "Site manager", True),
    ("Amara Nwosu", "amara.nwosu@example.com", "Site manager", True),
    ("Pavel Dvorak", "pavel.dvorak@example.com", "Drywall", False),
    ("Ines Carvalho", "ines.carvalho@example.com", "Tiling", False),
    ("Owen Pritchard", "owen.pritchard@example.com", "Electrical", False),
    ("Sana Qureshi", "sana.qureshi@example.com", "Plumbing", False),
    ("Lars Brandt", "lars.brandt@example.com", "Facade", False),
    ("Nadia Petrova", "nadia.petrova@example.com", "Painting", False),
    ("Greta Solheim", "greta.solheim@example.com", "Client representative", False),
)

# Name, description, whether it is active, whether tickets need a location, number of tickets.
PROJECTS = (
    ("Harbour Row, Block C: defects", "Findings of the site walks until practical completion", True, False, 46),
    ("Harbour Row, Block C: handover", "Snags named by the client during handover", True, True, 14),
    ("Harbour Row, Block B: defects", "Handed over last year", False, False, 6),
)

STEPS = (
    ("Reported", "Seen on site, not yet looked at", None),
    ("Accepted", "The trade agrees that it is theirs", 15),
    ("In repair", "Work has begun", 8),
    ("Ready for check", "The trade says it is done", 10),
    ("Closed", "Checked by the site manager", None),
)

TRADES = ("Drywall", "Tiling", "Electrical", "Plumbing", "Facade", "Painting")
AREAS = ("Fire safety", "Accessibility", "Water tightness", "Sound insulation")
STAIRS = ("Stair A", "Stair B", "Stair C")
ROOMS = ("corridor", "stairwell", "bathroom", "kitchen", "plant room", "bedroom 1", "living room", "bin store")

FINDINGS = (
    Finding(
        "Gap in fire-stop around cable tray",
        "Electrical",
        "Daylight is visible around the tray where it passes the compartment wall.",
        "Close with tested intumescent system, label it, send a photo.",
        ("Clean the opening", "Apply the fire-stop", "Fix the label and take a photo"),
    ),
    Finding(
        "Socket outlet without cover plate",
        "Electrical",
        "Live parts can be touched; the circuit has been switched off.",
        "Fit the plate and test the circuit.",
        ("Fit the plate", "Test and sign the circuit sheet"),
    ),
    Finding(
        "Crack along the wall and ceiling joint",
        "Drywall",
        "Hairline crack of about two metres, opens further at the door.",
        "Cut out, tape, fill and sand the joint.",
        ("Cut out and tape", "Fill and sand", "Hand over to painting"),
    ),
    Finding(
        "Hollow tiles at the shower tray",
        "Tiling",
        "Five tiles sound hollow, one is loose.",
        "Take up, check the sealing layer, lay anew.",
        ("Take up the tiles", "Check the sealing layer", "Lay and grout"),
    ),
    Finding(
        "Trap under the basin drips",
        "Plumbing",
        "About ten drops a minute; a bucket is in place.",
        "Replace the seal, run water for ten minutes.",
        ("Replace the seal", "Run water for ten minutes"),
    ),
    Finding(
        "No slope in the balcony drain",
        "Plumbing",
        "Water stands eight millimetres deep after rain.",
        "Reset the outlet and prove the slope with a level.",
        ("Reset the outlet", "Flood test for one hour"),
    ),
    Finding(
        "Window sealing tape missing",
        "Facade",
        "The lower edge of the frame has no tape on the outside.",
        "Install the tape before the sill is fitted.",
        ("Install the tape", "Photo before closing"),
    ),
    Finding(
        "Scratched aluminium sill",
        "Facade",
        "Two scratches to bare metal, twelve centimetres.",
        "Exchange the sill.",
        ("Order the sill", "Exchange it"),
    ),
    Finding(
        "Paint runs on the door frame",
        "Painting",
        "Runs on both sides at eye level.",
        "Sand and repaint the frame.",
        ("Sand", "Repaint"),
    ),
    Finding(
        "Wrong wall colour",
        "Painting",
        "Painted in the colour of the corridor, the room book says off-white.",
        "Repaint according to the room book.",
        ("Confirm the colour", "Repaint"),
    ),
)

REMARKS = (
    "Seen during the Tuesday walk. <b>Please look at it this week.</b>",
    "Access only between 7 and 9, the lift is in use afterwards.",
    "Same as in the flat below, may be a systematic fault.",
    "The client has seen it as well.",
)
REPLIES = (
    "On our list for tomorrow morning.",
    "Material is ordered, it takes four days.",
    "Done this afternoon, please check.",
    "Needs the painter first, then we can close it.",
)
