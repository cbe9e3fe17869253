"""Each night the lists of all vendors go into a lake, and its numbers into one picture for the quality meeting.

Every list is one Parquet file below ``lake/`` in the folder of its connection, one folder for each day. DuckDB reads
them. The questions are in ``example_quality_lake.sql`` beside this file: a query each, whose first line says how its
answer is drawn. Columns are those of the docs page on lists.

Needs duckdb, matplotlib and the extra ``parquet`` on the workers.

Connections: ``conqa_default`` (extra: project_id), ``smartq_default`` (extra: project_id), ``monitorqa_default``,
``qalyptus_default``, ``simplo_default``; each with a folder that all workers see.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

from airflow.sdk import DAG, ObjectStoragePath, task

from airflow_qa_provider.transfers.conqa import ConqaRecordsToObjectStorageOperator
from airflow_qa_provider.transfers.monitorqa import MonitorQARecordsToObjectStorageOperator
from airflow_qa_provider.transfers.qalyptus import QalyptusRecordsToObjectStorageOperator
from airflow_qa_provider.transfers.simplo import SimploRecordsToObjectStorageOperator
from airflow_qa_provider.transfers.smartq import SmartQRecordsToObjectStorageOperator

LISTS = {
    ConqaRecordsToObjectStorageOperator: ("issues", "milestones"),
    MonitorQARecordsToObjectStorageOperator: ("completed_audits", "pending_actions", "expired_actions"),
    QalyptusRecordsToObjectStorageOperator: ("task_runs",),
    SimploRecordsToObjectStorageOperator: ("reports", "report_tasks"),
    SmartQRecordsToObjectStorageOperator: ("steps", "tickets"),
}
QUESTIONS = Path(__file__).with_suffix(".sql")


def draw(axes: Any, kind: str, title: str, names: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Draw an answer, whose first column has the labels: bars of its other columns on each other, or their numbers."""
    bad, middling, good, neutral = "#b3423a", "#d9a441", "#2e7d5b", "#b8c0c8"
    meanings = {"failed": bad, "late": bad, "high": bad, "warning": middling, "medium": middling}
    meanings |= {"success": good, "done": good, "low": neutral, "to come": neutral}
    others = ("#2f5d8a", "#7aa6c9", "#d98c4a", "#8a6fa8", "#5f9e8f", "#a8a05a")
    labels = [row[0] for row in rows]
    axes.set_title(title, loc="left", weight="bold", pad=14)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if kind == "grid":
        numbers = [[float("nan") if value is None else value for value in row] for _, *row in rows]
        axes.imshow(numbers, cmap="RdYlGn", vmin=30, vmax=110, alpha=0.8, aspect="auto")
        axes.set_yticks(range(len(labels)), [fill(one, 22) for one in labels])
        for place, value in (((x, y), one) for y, row in enumerate(numbers) for x, one in enumerate(row) if one == one):
            axes.text(*place, f"{value:.0f}", ha="center", va="center")
        labels = names
    else:
        height = [0.0] * len(rows)
        for name, color, values in zip(names, others, list(zip(*rows, strict=True))[1:], strict=False):
            there = [value or 0 for value in values]
            bars = axes.bar(range(len(rows)), there, 0.7, bottom=height, label=name, color=meanings.get(name, color))
            height = [low + value for low, value in zip(height, there, strict=True)]
        axes.bar_label(bars, [f"{value:.0f}" for value in height], padding=3)
        axes.set_ylim(0, 1.2 * max(height, default=1))
        axes.set_yticks([])
        style = {"frameon": False, "fontsize": "small", "handlelength": 1, "columnspacing": 1}
        legend = axes.legend(ncols=len(names), loc="upper left", bbox_to_anchor=(-0.02, 1.05), **style)
        legend.set_in_layout(False)
    axes.set_xticks(range(len(labels)), labels, rotation=40 if len(labels) > 5 else 0)


with DAG("example_quality_lake", schedule="@daily", default_args={"retries": 2}, tags=["lake"], doc_md=__doc__) as dag:
    # [START howto_quality_lake]
    lists = [
        records(task_id=name, records=name, target="lake/day={{ qa.day }}/", format="parquet").output
        for records, names in LISTS.items()
        for name in names
    ]

    @task
    def picture(manifests: list[dict[str, Any]]) -> str:
        import duckdb
        from matplotlib.figure import Figure
        from pyarrow.parquet import read_table

        lake, figure = duckdb.connect(), Figure(figsize=(17, 9.5), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.25, h_pad=0.25)
        for one in manifests:
            with ObjectStoragePath(one["uri"], conn_id=one["conn_id"]).open("rb") as file:
                lake.register(one["records"], read_table(file))
        for axes, question in zip(figure.subplots(2, 3).flat, QUESTIONS.read_text().split(";\n\n"), strict=True):
            kind, title = question.partition("\n")[0].removeprefix("-- ").split(": ")
            answer = lake.sql(question)
            draw(axes, kind, title, answer.columns[1:], answer.fetchall())
        target = ObjectStoragePath(manifests[0]["uri"], conn_id=manifests[0]["conn_id"]).parent / "quality.png"
        with target.open("wb") as file:
            figure.savefig(file, format="png", dpi=110)
        return str(target)

    picture(lists)
    # [END howto_quality_lake]
