#!/bin/sh
# Install the package with its extras into a throw-away environment and write down what came:
# AIRFLOW_VERSION EXTRAS FILE [DATE], with nothing that was published later than the date (needs uv).
set -eu
cd "$(dirname "$0")/.."

airflow_version=$1
extras=$2
file=$3
date=${4:-}
python=${PYTHON:-python3}
uv=$(command -v "${UV:-}" || true)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ -n "$uv" ]; then
    "$uv" venv --quiet --python "$("$python" -c 'import sys; print(sys.executable)')" "$scratch/venv"
    "$uv" pip install --quiet ${date:+--exclude-newer "$date"} --python "$scratch/venv/bin/python" "apache-airflow==$airflow_version" --editable ./sandbox --editable ".[$extras]"
    "$uv" pip freeze --python "$scratch/venv/bin/python" --exclude-editable >"$scratch/frozen"
elif [ -n "$date" ]; then
    echo "Only uv resolves as of a date" >&2
    exit 1
else
    "$python" -m venv "$scratch/venv"
    "$scratch/venv/bin/python" -m pip install --quiet "apache-airflow==$airflow_version" --editable ./sandbox --editable ".[$extras]"
    "$scratch/venv/bin/python" -m pip freeze --exclude-editable >"$scratch/frozen"
fi

unpinned=$(grep -vE '^[A-Za-z0-9._-]+==[^ ]+$' "$scratch/frozen" || true)
if [ -n "$unpinned" ]; then
    echo "These came without a plain version, so $file was left as it is:" "$unpinned" >&2
    exit 1
fi
{
    if [ -n "$date" ]; then
        echo "# Exact versions to test with Airflow $airflow_version and the extras $extras, as of $date."
    else
        echo "# Exact versions for development and CI: Airflow $airflow_version and the extras $extras."
    fi
    echo "# Resolved on Python $("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])') by \`make constraints\`; do not edit."
    if [ -z "$date" ]; then
        echo "# Not for Python 3.10: the current releases of Airflow's own providers need 3.11. There, install without constraints."
    fi
    # pip and uv spell names differently; the file should not.
    awk -F == '{ name = tolower($1); gsub(/[._]+/, "-", name); print name "==" $2 }' "$scratch/frozen" |
        grep -vE '^(pip|setuptools|wheel|airflow-qa-provider|qa-sandbox)==' | LC_ALL=C sort
} >"$scratch/constraints.txt"

cp "$scratch/constraints.txt" "$file"
echo "$file: $(grep -c == "$file") packages"
