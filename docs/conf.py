"""Sphinx settings of the documentation."""

from __future__ import annotations

from airflow_qa_provider import __version__

project = "airflow-qa-provider"
author = "The airflow-qa-provider authors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.viewcode"]
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
