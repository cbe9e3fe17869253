"""``make test-matrix``: the tests that do not need the newest Airflow, on each Airflow and each Python of this machine.

Each pair gets an environment of its own in .venv-matrix/, with the exact versions of constraints/. On the Python that
runs this, each Airflow plays everything; on the others the examples and what depends on Airflow most, unless
``--everything`` is asked for. A table says what passed; exit code 1 when anything failed. ``--airflow`` and
``--python`` narrow it; what follows ``--`` goes to pytest. ``--quick`` is what every push is held to: the oldest
Airflow on the Python that runs this, with the short list.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".venv-matrix"
CONSTRAINTS = {
    **{file.stem.removeprefix("airflow-"): file for file in sorted((ROOT / "constraints").glob("airflow-*.txt"))},
    "3.3.2": ROOT / "constraints.txt",
}
"""The versions that are resolved to a date, oldest first, and the one that everything else runs on."""
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
HERE = "{}.{}".format(*sys.version_info)
# the newest Airflow's own providers have left it
IMPOSSIBLE = {("3.3.2", "3.10")}
EXTRAS = "test,sandbox,inspect,parquet"
SUITES = ("tests/unit", "tests/dags", "tests/vendors", "tests/resilience")
QUICK = (
    *(f"tests/dags/{name}.py" for name in ("test_retries", "test_notifications", "test_connections_in_airflow")),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests" / "dags").glob("test_example_*.py"))),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests" / "dags").glob("test_event*.py"))),
    *(f"tests/unit/{name}.py" for name in ("test_compat", "test_default_retries", "test_links", "test_wait_trigger")),
    "tests/vendors/test_foo.py",
)
_COUNTS = re.compile(r"(\d+) (passed|failed|skipped|errors?)")


@dataclass
class Pair:
    """One Airflow on one Python.

    :param airflow: Its version.
    :param python: Its minor version.
    :param told: What became of it.
    :param good: Whether everything passed.
    """

    airflow: str
    python: str
    told: str = ""
    good: bool = False

    @property
    def venv(self) -> Path:
        """Where its environment is."""
        return HOME / f"airflow-{self.airflow}-python-{self.python}"


def main() -> int:
    """Run the pairs, and print the table."""
    parser = argparse.ArgumentParser(prog="make test-matrix", description=__doc__)
    parser.add_argument("--airflow", action="append", choices=sorted(CONSTRAINTS))
    parser.add_argument("--python", action="append", choices=PYTHONS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--everything", action="store_true")
    parser.add_argument("pytest", nargs="*", help="what pytest is told; after --")
    args = parser.parse_args()
    if args.quick:
        args.airflow, args.python, args.pytest = [next(iter(CONSTRAINTS))], [HERE], list(QUICK)
    pairs = []
    for airflow, python in itertools.product(args.airflow or CONSTRAINTS, args.python or PYTHONS):
        pair = Pair(airflow, python)
        pairs.append(pair)
        if (airflow, python) in IMPOSSIBLE:
            pair.told, pair.good = "not offered by Airflow's own providers", True
        elif (program := _program(python)) is None:
            pair.told, pair.good = "no such Python here", True
        else:
            _play(pair, program, args.pytest or (SUITES if args.everything or python == HERE else QUICK))
    for pair in pairs:
        print(f"{'ok   ' if pair.good else 'wrong'} Airflow {pair.airflow}, Python {pair.python}: {pair.told}")
    played = [pair for pair in pairs if pair.venv.is_dir()]
    return 0 if played and all(pair.good for pair in pairs) else 1


def _program(python: str) -> str | None:
    """Return the interpreter of a version; pyenv has those that it does not put on the path."""
    if python == HERE:
        return sys.executable
    own = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser().glob(f"versions/{python}.*/bin/python")
    for program in (shutil.which(f"python{python}"), *map(str, sorted(own))):
        # a shim may be there without what it stands for
        if program and not subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode:  # noqa: S603
            return program
    return None


def _play(pair: Pair, program: str, what: Sequence[str]) -> None:
    print(f"Airflow {pair.airflow}, Python {pair.python}", flush=True)
    _install(pair, program)
    began = time.monotonic()
    command = [pair.venv / "bin" / "python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", "--tb=short"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    with subprocess.Popen(  # noqa: S603
        [*map(str, command), "-m", "not e2e", "-p", "no:cacheprovider", *what],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        last = ""
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line if _COUNTS.search(line) else last
    pair.good = process.returncode == 0
    counts = ", ".join(f"{count} {word}" for count, word in _COUNTS.findall(last)) or "nothing ran"
    pair.told = f"{counts} in {time.monotonic() - began:.0f} s"


def _install(pair: Pair, program: str) -> None:
    constraints = CONSTRAINTS[pair.airflow]
    done, wanted = pair.venv / ".installed", constraints.read_text() + (ROOT / "pyproject.toml").read_text()
    if done.is_file() and done.read_text() == wanted:
        return
    what = ["--constraint", constraints, "--editable", "./sandbox", "--editable", f".[{EXTRAS}]"]
    shutil.rmtree(pair.venv, ignore_errors=True)
    command = ["sh", "scripts/install.sh", pair.venv, *what]
    env = {**os.environ, "PYTHON": program}
    subprocess.run([str(one) for one in command], check=True, cwd=ROOT, env=env)  # noqa: S603
    done.write_text(wanted)


if __name__ == "__main__":
    sys.exit(main())
