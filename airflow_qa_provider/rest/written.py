"""Texts that templates make of structured values: JSON, or what Python prints."""

from __future__ import annotations

import re

from airflow_qa_provider.rest.clean_json import parsed

# what Python prints in a list or mapping, and JSON does not
_PYTHON = re.compile(r"['(]|\b(None|True|False)\b")
_SEVERAL = re.compile(r"""[({]\s*(?:['"]|\d+\s*,)""")


def is_python(text: str) -> bool:
    """Tell whether a text is what Python prints of a list, tuple, set or mapping, and no JSON.

    :param text: The text, without blanks around it.
    """
    return text[:1] in "[{(" and text[-1:] in "]})" and _PYTHON.search(text, 1, len(text) - 1) is not None


def is_structure(text: str) -> bool:
    """Tell whether a text is what a template makes of a list or a mapping.

    :param text: The text, without blanks around it.
    """
    if text[:1] not in ("[", "{"):
        return False
    try:
        return isinstance(parsed(text), (list, dict))
    except ValueError:
        return is_python(text)


def is_written(text: str) -> bool:
    """Tell whether a text is JSON of words, or what Python prints of a list, tuple or set of them."""
    text = text.strip()
    if text.startswith("[") or _SEVERAL.match(text):
        return True
    try:
        return text.startswith('"') and isinstance(parsed(text), str)
    except ValueError:
        return False
