"""Writes the tables of docs/xcoms.md from the classes; with --check, only tells whether they are current."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from airflow_qa_provider.get_provider_info import get_provider_info

PAGE = Path(__file__).resolve().parent.parent / "docs" / "xcoms.md"
MARK = "<!-- written by scripts/xcom_page.py from here on -->\n"


def classes() -> Iterator[type[Any]]:
    """Yield all operators, sensors and transfers."""
    info = get_provider_info()
    listed = [module for part in ("operators", "sensors") for one in info[part] for module in one["python-modules"]]
    for name in [*listed, *(one["python-module"] for one in info["transfers"])]:
        module = import_module(name)
        for one in vars(module).values():
            is_ours = inspect.isclass(one) and one.__module__ == name and not one.__name__.startswith("_")
            if is_ours and hasattr(one, "xcom_keys"):
                yield one


def tables() -> str:
    """Return the tables."""
    found = {one.__name__: one for one in classes()}
    meanings = {key: meaning for one in found.values() for key, meaning in one.xcom_keys().items()}
    lines = ["## What the keys mean", "", "| Key | |", "| --- | --- |"]
    lines += [f"| `{key}` | {meaning} |" for key, meaning in sorted(meanings.items())]
    lines += ["", "## What each task returns and tells", "", "| Task | returns | tells |", "| --- | --- | --- |"]
    for name, one in found.items():
        keys = ", ".join(f"`{key}`" for key in one.xcom_keys())
        lines.append(f"| `{name}` | {one.returns} | {keys} |")
    return "\n".join(["", *lines, ""])


def main() -> int:
    """Write or check the tables."""
    text, mark, written = PAGE.read_text().partition(MARK)
    if "--check" in sys.argv[1:]:
        if written == tables():
            return 0
        print(f"{PAGE.name} is not what the classes say: run `make coverage-page`", file=sys.stderr)
        return 1
    PAGE.write_text(f"{text}{mark}{tables()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
