"""Sphinx settings of the documentation."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

from airflow_qa_provider import __version__
from airflow_qa_provider.bases import arguments

project = "airflow-qa-provider"
author = "The airflow-qa-provider authors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx_inline_tabs"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "airflow-qa-provider"
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
# Airflow's own base classes document hundreds of members that are not ours.
autodoc_default_options = {"members": False, "show-inheritance": True}


def _with_the_arguments_of_bases(
    app: Any, what: str, name: str, obj: Any, options: Any, signature: str | None, returned: str | None
) -> tuple[str | None, str | None]:
    """List what ``**kwargs`` passes to the bases; what Airflow takes of every task stays ``**kwargs``."""
    passed = re.search(r"\*\*kwargs: Unpack\[(\w+)\]", signature or "")
    if signature is None or passed is None:
        return signature, returned
    takes = getattr(arguments, passed[1]).__annotations__
    ours = [name for name in takes if name not in arguments.TaskArguments.__annotations__]
    types = {name: getattr(takes[name], "__forward_arg__", takes[name]) for name in ours}
    listed = "".join(f"{name}: {type_} = ..., " for name, type_ in types.items() if f" {name}:" not in signature)
    return signature.replace(passed[0], f"{listed}**kwargs"), returned


def _write_operations(app: Any) -> None:
    """Write the pages that are made of the clients' docstrings, which are no part of the repository."""
    runpy.run_path(str(Path(app.confdir).parent / "scripts" / "operations_pages.py"))["main"]()


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("builder-inited", _write_operations)
    app.connect("autodoc-process-signature", _with_the_arguments_of_bases)
