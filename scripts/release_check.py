"""``make release-check``: build both distributions into dist/ and look at them as an index and a stranger would.

Each check prints one line; the first that fails ends with its output and exit code 1. ``--tag v1.2.3`` also holds the
version and the changelog to a tag. Nothing is published.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
TOOLS = Path(sys.executable).parent
TREES = {"airflow_qa_provider": ROOT, "qa_sandbox": ROOT / "sandbox"}
"""Where each distribution is built from."""
SEMANTIC = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)((a|b|rc)\d+)?")
_RELATIVE_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)]+)\)")
_LISTINGS = ("hooks", "links", "triggers", "notifications", "configs")
"""What ``airflow providers`` lists of an installed provider, and has to know without error."""


class CheckFailed(Exception):
    """A check found something, which the message shows."""


def main() -> int:
    """Run all checks in their order."""
    parser = argparse.ArgumentParser(prog="make release-check", description=__doc__)
    parser.add_argument("--tag", help="what is to be released: v and the version")
    args = parser.parse_args()
    checks: list[tuple[str, Callable[[], str]]] = [
        ("version, changelog and tag agree", lambda: versions(args.tag)),
        ("wheels and sdists of both", build),
        ("an index takes their metadata", metadata),
        ("links of the READMEs lead somewhere from anywhere", links),
        ("what is in them, and the licence", contents),
        ("workflows", workflows),
        ("words", words),
        ("a stranger's environment", stranger),
    ]
    for title, check in checks:
        try:
            print(f"ok    {title}: {check()}", flush=True)
        except CheckFailed as failed:
            print(f"wrong {title}\n{failed}")
            return 1
    return 0


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command and return what it printed; its whole output is the message when it fails."""
    done = subprocess.run(  # noqa: S603
        list(map(str, command)), cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        raise CheckFailed(f"$ {' '.join(map(str, command))}\n{done.stdout}")
    return done.stdout


def require(condition: object, message: str) -> None:
    """Fail with the message unless the condition holds."""
    if not condition:
        raise CheckFailed(message)


def version_of(distribution: str) -> str:
    """Read a distribution's version where its build reads it."""
    source = {"airflow_qa_provider": "airflow_qa_provider/__init__.py", "qa_sandbox": "sandbox/pyproject.toml"}
    found = re.search(r'^(?:__version__|version) = "([^"]+)"', (ROOT / source[distribution]).read_text(), re.M)
    require(found, f"{source[distribution]} names no version")
    return found.group(1) if found else ""


def versions(tag: str | None) -> str:
    """Both versions are semantic; the changelog has an entry for what is tagged."""
    ours = {name: version_of(name) for name in TREES}
    for name, version in ours.items():
        require(SEMANTIC.fullmatch(version), f"{name} {version} is no semantic version")
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    version = ours["airflow_qa_provider"]
    require(headings, "CHANGELOG.md has no entry")
    if tag:
        require(tag == f"v{version}", f"the tag is {tag}, airflow_qa_provider is {version}")
        require(version in headings, f"CHANGELOG.md has no entry for {version}: {headings}")
    return ", ".join(f"{name} {version}" for name, version in ours.items())


def build() -> str:
    """Build wheels through the sdists, as an index's users get them."""
    shutil.rmtree(DIST, ignore_errors=True)
    for tree in TREES.values():
        run(TOOLS / "python", "-m", "build", "--outdir", DIST, tree)
    return ", ".join(f"{file.name} {file.stat().st_size / 1024:.0f} KiB" for file in _made())


def _made(pattern: str = "*") -> list[Path]:
    return sorted(path for path in DIST.glob(pattern) if path.suffix in (".whl", ".gz"))


def metadata() -> str:
    """Strict metadata, a README that renders, and all that people look for."""
    run(TOOLS / "twine", "check", "--strict", *_made())
    for sdist in _made("*.gz"):
        rated = run(TOOLS / "pyroma", "--min", "10", sdist)
        require("10/10" in rated, rated)
    return "twine strict, pyroma 10/10"


def links() -> str:
    """A README is read on an index, too, where a relative link leads nowhere."""
    found = 0
    for readme in (ROOT / "README.md", ROOT / "sandbox" / "README.md"):
        text = readme.read_text()
        relative = _RELATIVE_LINK.findall(text)
        require(not relative, f"{readme.relative_to(ROOT)} has relative links: {relative}")
        ours = re.findall(r"\]\(https://github\.com/airflow-qa/airflow-qa-provider/(?:blob|tree)/main/([^)#]+)", text)
        missing = [path for path in ours if not (ROOT / path).exists()]
        require(not missing, f"{readme.relative_to(ROOT)} links to what is not here: {missing}")
        found += len(ours)
    return f"{found} into this repository"


def contents() -> str:
    """No file too much in a wheel, and the licence in everything."""
    run(TOOLS / "check-wheel-contents", *_made("*.whl"))
    for file in _made():
        require(any(Path(name).name == "LICENSE" for name in _names(file)), f"{file.name} has no LICENSE")
    return f"{len(_made())} files"


def _names(file: Path) -> list[str]:
    if file.suffix == ".whl":
        with zipfile.ZipFile(file) as wheel:
            return wheel.namelist()
    with tarfile.open(file) as sdist:
        return sdist.getnames()


def workflows() -> str:
    """The workflows are valid, pinned, and give nobody more than they need."""
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.dependabot", ROOT / ".github" / "dependabot.yml")
    run(TOOLS / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", ROOT / ".github")
    targets = {target for file in files for target in re.findall(r"run: make ([a-z][a-z0-9-]+)", file.read_text())}
    targets |= {
        one.strip()
        for file in files
        for listed in re.findall(r"target: \[([^\]]+)\]", file.read_text())
        for one in listed.split(",")
    }
    known = set(re.findall(r"^([a-z][a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))
    require(targets <= known, f"the Makefile has no {sorted(targets - known)}")
    return f"{len(files)} files, {len(targets)} make targets"


def words() -> str:
    """Spelling of what people read."""
    run(TOOLS / "codespell", *_texts())
    return "codespell"


def _texts() -> Iterable[str]:
    listed = run("git", "ls-files", "*.md", "*.rst", "*.py", "*.yml", "*.toml").split()
    return (name for name in listed if not name.startswith("tests/files/"))


def stranger() -> str:
    """The provider's wheel alone, and then both, in an environment that has never seen this tree."""
    with tempfile.TemporaryDirectory(prefix="release-check-") as folder:
        home = Path(folder)
        python = home / "venv" / "bin" / "python"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "AIRFLOW_HOME": str(home / "airflow"),
            "PYTHONWARNINGS": "ignore",
        }
        env |= {"AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        installer = _installer(home / "venv")
        provider, sandbox = (next(iter(_made(f"{name}-*.whl"))) for name in TREES)
        constraints = ["--constraint", str(ROOT / "constraints.txt")]
        run(*installer, *constraints, provider, cwd=home)
        run(python, "-m", "pip", "check", cwd=home)
        counted = _airflow_knows(python, home, env)
        version = run(python.parent / "airflow-qa", "--version", cwd=home, env=env).strip()
        run(*installer, *constraints, sandbox, f"{provider}[sandbox,inspect]", cwd=home)
        demo = run(python.parent / "airflow-qa", "demo", cwd=home, env=env)
        _bill_of_materials(home, python)
    return f"{version}; {counted}; demo: {demo.strip().splitlines()[-1]}; bills of materials"


def _installer(venv: Path) -> list[str | Path]:
    uv = shutil.which("uv")
    if uv:
        run(uv, "venv", "--quiet", "--seed", "--python", sys.executable, venv)
        return [uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python"]
    run(sys.executable, "-m", "venv", venv)
    return [venv / "bin" / "python", "-m", "pip", "install", "--quiet"]


def _airflow_knows(python: Path, home: Path, env: dict[str, str]) -> str:
    """Airflow finds the provider, and lists of it what its provider info promises."""
    airflow = python.parent / "airflow"
    run(airflow, "db", "migrate", cwd=home, env=env)
    info = run(airflow, "providers", "get", "airflow-qa-provider", "--output", "json", cwd=home, env=env)
    require("airflow-qa-provider" in info, info)
    rows = {}
    for listing in _LISTINGS:
        shown = run(airflow, "providers", listing, "--output", "json", cwd=home, env=env)
        rows[listing] = _ours(shown)
    require(rows["hooks"] >= 5, f"airflow providers hooks shows {rows['hooks']} of ours")
    require(rows["links"] >= 1, f"airflow providers links shows {rows['links']} of ours")
    return ", ".join(f"{count} {listing}" for listing, count in rows.items())


def _ours(shown: str) -> int:
    start = shown.find("[")
    if start < 0:
        return 0
    return sum("airflow_qa_provider" in json.dumps(row) or "airflow-qa-provider" in json.dumps(row)
               for row in json.JSONDecoder().raw_decode(shown[start:])[0])  # fmt: skip


def _bill_of_materials(home: Path, python: Path) -> None:
    """What was installed with the wheels, as CycloneDX beside them."""
    made = DIST / "airflow_qa_provider.cdx.json"
    run(TOOLS / "cyclonedx-py", "environment", python, "--output-format", "JSON", "--output-file", made, cwd=home)
    parts = json.loads(made.read_text()).get("components", [])
    require(len(parts) > 50, f"{made.name} lists {len(parts)} parts")


if __name__ == "__main__":
    sys.exit(main())
