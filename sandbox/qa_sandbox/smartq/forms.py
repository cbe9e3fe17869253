"""The forms of the vendor docs: what each object is made of when it is added or updated."""

from __future__ import annotations

from qa_sandbox.smartq.properties import DECIMAL, FLAG, IDS, INTEGER, MOMENT, TAGS, TEXT, Form, Property, one_of

USER = Form(
    "user",
    (
        Property("name", TEXT, "user name", required=True),
        Property("email", TEXT, "user email, unique", required=True),
        Property("password", TEXT, "user password", required=True),
        Property("is_account_administrator", FLAG, "true if user is an account administrator"),
        Property("can_manage_projects", FLAG, "true if user can manage (add) projects"),
        Property("can_view_profiles", FLAG, "true if user can view other users' profiles"),
        Property("can_manage_profiles", FLAG, "true if user can manage other users' profiles"),
        Property("company", TEXT, "company name"),
        Property("title", TEXT, "job title"),
        Property("address", TEXT, "address"),
        Property("work_phone", TEXT, "work phone"),
        Property("cell_phone", TEXT, "cell phone"),
        Property("comments", TEXT, "comments"),
    ),
)

PROJECT = Form(
    "project",
    (
        Property("name", TEXT, "project name text", required=True),
        Property("description", TEXT, "project description text"),
    ),
)

ROLE = Form(
    "role",
    (
        Property("name", TEXT, "role name", required=True),
        Property("access_level", INTEGER, "access level integer [0-5]", required=True),
        Property("max_step", INTEGER, "role max step id user can move tickets to"),
        Property("can_edit_project", FLAG, "true if users from this role can edit project settings"),
        Property("can_manage_people_notes", FLAG, "true if users from this role can edit other people notes"),
        Property("can_see_private_notes", FLAG, "true if users from this role can see private notes"),
    ),
)

STEP = Form(
    "step",
    (
        Property("name", TEXT, "step name", required=True),
        Property("description", TEXT, "step description"),
        Property("limit", INTEGER, "step tickets limit"),
        Property("pos", INTEGER, "step position, from 1"),
    ),
)

FIELD = Form(
    "field",
    (
        Property("type", one_of("float", "string", "text", "choice"), "field type", required=True),
        Property("label", TEXT, "field label", required=True),
        Property("hint", TEXT, "field description"),
        Property("required", FLAG, "field is mandatory or optional"),
        Property("pos_type", one_of("single", "double"), "how the field is represented in the web interface"),
        Property("choiceType", one_of("checkbox", "radio", "select"), "type of choice field", group="options"),
        Property("min", DECIMAL, "minimal allowed value (for float type fields only)", group="options"),
        Property("max", DECIMAL, "maximal allowed value (for float type fields only)", group="options"),
        Property("fieldLayout", TEXT, "list of choice values, one per line or comma separated", group="options"),
    ),
)

VALUE = Form(
    "value",
    (
        Property("title", TEXT, "value title", required=True),
        Property("is_default", FLAG, "value is default for this custom field"),
        Property("pos", INTEGER, "value position in the list, from 1 (the docs call it a bool)"),
    ),
)

TICKET = Form(
    "ticket",
    (
        Property("name", TEXT, "ticket name text", required=True),
        Property("description", TEXT, "ticket description text"),
        Property("step_id", INTEGER, "ticket step_id", required=True),
        Property("tags", TAGS, "comma separated tags"),
        Property("required_by", MOMENT, "required by date"),
        Property("assigned_to", IDS, "array of users IDs to assign ticket to"),
        Property("notify_involved", FLAG, "1 or 0 to send notification to ticket team"),
    ),
)

NOTE = Form(
    "note",
    (
        Property("text", TEXT, "note text, limited HTML tags are allowed", required=True),
        Property("parent_id", INTEGER, "id of the parent note, for threaded conversations"),
        Property("top_parent_id", INTEGER, "what the example sends in place of parent_id"),
        Property("private", FLAG, "private flag"),
        Property("notify_users", FLAG, "true to notify users about new message"),
        Property("users", IDS, "array of users IDs to notify"),
        Property("has_attachments", FLAG, "no notifications are sent until is_last_file is received"),
    ),
)

TASK = Form(
    "task",
    (
        Property("text", TEXT, "task text", required=True),
        Property("done", FLAG, "mark/unmark task as done (default=0)"),
    ),
)
