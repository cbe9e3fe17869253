"""What is installed and shipped: metadata, entry points, pinned versions, and the content of the wheel."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import airflow_qa_provider
from airflow_qa_provider.get_provider_info import get_provider_info
from airflow_qa_provider.vendors import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTION = "airflow-qa-provider"


def own_requirements() -> list[Requirement]:
    """Every direct requirement, those of the extras included."""
    return [Requirement(line) for line in metadata.requires(DISTRIBUTION) or []]


def pinned_versions() -> dict[str, str]:
    """The content of the files of constraints by canonical name; constraints.txt goes before that of an environment."""
    files = [ROOT / folder / "constraints.txt" for folder in ("tests/e2e/celery", "benchmarks", "")]
    lines = [line for file in files for line in file.read_text().splitlines()]
    pins = [line for line in lines if not line.startswith("#")]
    malformed = [line for line in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line)]
    assert malformed == [], "only exact versions, no addresses, paths or markers"
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in pins)}


def test_metadata_repeats_the_version_of_the_package() -> None:
    assert metadata.version(DISTRIBUTION) == airflow_qa_provider.__version__


def test_provider_info_names_the_distribution() -> None:
    # Airflow compares the two when it discovers providers, and drops a provider that disagrees with itself.
    assert get_provider_info()["package-name"] == canonicalize_name(DISTRIBUTION)


def test_airflow_discovers_the_provider() -> None:
    from airflow.providers_manager import ProvidersManager

    urls = dict(url.split(", ", 1) for url in metadata.metadata(DISTRIBUTION).get_all("Project-URL") or [])
    found = ProvidersManager().providers[DISTRIBUTION]

    assert found.version == airflow_qa_provider.__version__
    address = found.data["documentation-url"].strip()  # Airflow 3.1 leaves the space of the metadata
    assert {**found.data, "documentation-url": address} == {
        **get_provider_info(),
        "documentation-url": urls["Documentation"],
    }


@pytest.mark.parametrize(
    ("group", "name"), [("apache_airflow_provider", "provider_info"), ("console_scripts", "airflow-qa")]
)
def test_entry_point_resolves(group: str, name: str) -> None:
    (entry_point,) = metadata.distribution(DISTRIBUTION).entry_points.select(group=group, name=name)

    assert callable(entry_point.load())


def test_start_up_import_loads_neither_airflow_nor_requests() -> None:
    # Airflow reads the provider info in every process it starts.
    program = (
        "import sys, airflow_qa_provider.get_provider_info as info; info.get_provider_info();"
        "print(sorted({'airflow', 'requests', 'pydantic', 'rich'} & set(sys.modules)))"
    )

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert loaded.stdout.strip() == "[]"


def test_constraints_pin_every_requirement_within_its_bounds() -> None:
    pins = pinned_versions()
    requirements = own_requirements()

    unpinned = [str(r) for r in requirements if canonicalize_name(r.name) not in pins]
    outside = [str(r) for r in requirements if not r.specifier.contains(pins.get(canonicalize_name(r.name), "0"), True)]

    own = {"qa-sandbox"}  # from this tree
    unpinned = [one for one in unpinned if canonicalize_name(Requirement(one).name) not in own]
    outside = [one for one in outside if canonicalize_name(Requirement(one).name) not in own]
    assert len(requirements) > 20
    assert unpinned == []
    assert outside == []


def test_wheel_ships_types_licence_and_example_dags(tmp_path: Path) -> None:
    # Through the sdist, as a release is made: what the sdist forgets, the wheel cannot have.
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
        text=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "airflow_qa_provider").rglob("*.py")}
    examples = {f"airflow_qa_provider/{p.relative_to(ROOT).as_posix()}" for p in (ROOT / "example_dags").rglob("*.py")}

    assert examples, "the demo needs at least one example DAG"
    assert modules | examples | {"airflow_qa_provider/py.typed"} <= shipped
    assert any(name.endswith("licenses/LICENSE") for name in shipped)
    assert {name.split("/")[0].split("-")[0] for name in shipped} == {"airflow_qa_provider"}
    assert [name for name in shipped if "__pycache__" in name or "sandbox" in name or "smtp_sink" in name] == []
    assert len([name for name in shipped if name.endswith("routes.txt")]) == len(BUILT_IN)


WITHOUT_EXTRAS = """
import importlib, pkgutil, sys

class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("qa_sandbox", "aiosmtpd", "fastapi", "fpdf", "openpyxl", "pypdf", "PIL"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Nowhere())
import airflow_qa_provider
for module in pkgutil.walk_packages(airflow_qa_provider.__path__, "airflow_qa_provider."):
    importlib.import_module(module.name)
from airflow_qa_provider import cli
for command in (["sandbox", "serve", "--port-base", "8800"], ["demo"]):
    assert cli.main(command) == 2, command
"""


def test_without_the_extras_all_modules_import_and_the_commands_say_what_is_missing() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WITHOUT_EXTRAS], capture_output=True, text=True, timeout=120
    )

    assert ran.returncode == 0, ran.stderr
    assert [line for line in ran.stderr.splitlines() if "pip install" in line] == [
        "The sandbox is a distribution of its own: pip install 'airflow-qa-provider[sandbox]'",
        "The demo needs 'qa_sandbox': pip install 'airflow-qa-provider[sandbox,inspect]'",
    ]
