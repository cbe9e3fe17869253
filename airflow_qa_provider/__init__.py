"""Quality and reporting services in Apache Airflow: CONQA, MonitorQA, Qalyptus Cloud, smartQ and Simplo IS.

Importing this package loads nothing else: hooks, operators and triggers are imported from their own modules.
"""

from __future__ import annotations

__version__ = "0.1.0"
