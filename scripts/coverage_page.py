"""Writes docs/coverage.md from the routes; with --check, only tells whether it is current."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from airflow_qa_provider.vendors import BUILT_IN, vendor_named

PAGE = Path(__file__).resolve().parent.parent / "docs" / "coverage.md"


def page() -> str:
    """Return the page."""
    lines = [
        "# Endpoints",
        "",
        "Every endpoint that the clients know. This page is made by `make coverage-page`.",
        "",
        "| Vendor | Endpoints | documented | public | inferred |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    clients = {name: vendor_named(name).client for name in BUILT_IN}
    tables = {name: list(client.routes.values()) for name, client in clients.items()}
    for vendor, routes in tables.items():
        count = Counter(route.source for route in routes)
        numbers = " | ".join(str(count[source]) for source in ("documented", "public", "inferred"))
        lines.append(f"| {clients[vendor].title} | {len(routes)} | {numbers} |")
    lines.append(f"| all | {sum(map(len, tables.values()))} | | | |")
    for vendor, routes in tables.items():
        lines += ["", f"## {clients[vendor].title}", "", "| Operation | Title in the vendor docs | Route | Source |"]
        lines.append("| --- | --- | --- | --- |")
        lines += [f"| `{r.operation}` | {r.title} | `{r.method} {r.path}` | {r.source} |" for r in routes]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write or check the page."""
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text() == page():
            return 0
        print(f"{PAGE.name} is not what the routes say: run `make coverage-page`", file=sys.stderr)
        return 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
