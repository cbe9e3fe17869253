"""Writes docs/operations: what each operation of the clients takes and answers, from the docstrings. Sphinx runs it."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from airflow_qa_provider.kinds.kind import Vendor
from airflow_qa_provider.rest import parameters
from airflow_qa_provider.rest.describe import Description, describe
from airflow_qa_provider.rest.routes import Route
from airflow_qa_provider.vendors import BUILT_IN, vendor_named

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "operations"
OPERATORS = {
    "conqa": "ConqaOperator",
    "monitorqa": "MonitorQAOperator",
    "qalyptus": "QalyptusOperator",
    "simplo": "SimploOperator",
    "smartq": "SmartQOperator",
}
_TYPE = re.compile(r'^(\w+) = (?:Annotated\[)?.+\n"""(.+)"""$', re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the pages: name to text."""
    vendors = [vendor_named(name) for name in BUILT_IN]
    return {"index": "\n".join(index(vendors)) + "\n", **{one.name: "\n".join(page(one)) + "\n" for one in vendors}}


def index(vendors: list[Vendor]) -> Iterator[str]:
    """Yield the lines of the first page."""
    yield "# Operations"
    yield ""
    yield "What `operation=` and `arguments=` of the generic operators take, and the clients' methods of that name."
    yield "`airflow-qa routes show reports.generate_on_demand` prints the same."
    yield ""
    for vendor in vendors:
        yield f"- [{vendor.title}]({vendor.name}.md): {len(list(vendor.client.routes.values()))} operations"
    yield ""
    yield "## Types"
    yield ""
    yield "| Type | What it takes |"
    yield "| --- | --- |"
    for name, meaning in _TYPE.findall(inspect.getsource(parameters)):
        yield f"| `{name}` | {_cell(meaning)} |"
    yield ""
    yield "```{toctree}"
    yield ":hidden:"
    yield ""
    yield from (vendor.name for vendor in vendors)
    yield "```"


def page(vendor: Vendor) -> Iterator[str]:
    """Yield the lines of a vendor's page."""
    yield f"# {vendor.title} operations"
    yield ""
    yield "```python"
    yield f"from airflow_qa_provider.operators.{vendor.name} import {OPERATORS[vendor.name]}"
    yield "```"
    yield ""
    yield f"`{OPERATORS[vendor.name]}(task_id=..., operation=..., arguments={{...}})` calls any of these, once."
    with vendor.form().example_client() as client:
        routes = sorted(vendor.client.routes.values(), key=lambda route: route.operation.partition(".")[0])
        for resource, ours in groupby(routes, key=lambda route: route.operation.partition(".")[0]):
            yield ""
            yield f"## {resource}"
            for route in ours:
                yield from section(route, describe(client, route.operation))


def section(route: Route, known: Description) -> Iterator[str]:
    """Yield the lines of an operation."""
    yield ""
    yield f"### {route.operation}"
    yield ""
    yield known.words.replace("``", "`")
    yield ""
    yield f"`{route.method} {route.path}`, {route.source}; changes {'nothing' if route.safe else 'something'}."
    if known.arguments:
        yield ""
        yield "| Argument | Type | |"
        yield "| --- | --- | --- |"
        for one in known.arguments:
            needed = ", required" if one.required else ""
            yield f"| `{one.name}` | `{_cell(one.type) or 'Any'}`{needed} | {_cell(one.meaning)} |"
    if known.answer:
        yield ""
        yield f"Returns: {known.answer.replace('``', '`')}"
    if known.errors:
        yield ""
        yield from (f"- `{name}`: {meaning.replace('``', '`')}" for name, meaning in known.errors.items())


def _cell(text: str) -> str:
    return text.replace("``", "`").replace("|", "\\|")


def main() -> int:
    """Write what has changed."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        file = FOLDER / f"{name}.md"
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
