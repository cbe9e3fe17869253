"""Whether the package scales out: CeleryExecutor, two workers, two triggerers, files in an object storage.

``python -m tests.e2e.celery``, or ``make e2e-celery``. The flagship, a DAG of regions and two bulk writes run on a real
Airflow with Redis and PostgreSQL; a worker dies in the middle of a bulk write, and a triggerer while it holds waits.
Then the vendors' objects, the files, the mails and the rows are counted. The parts:

- ``broker``, ``storage``: Redis, and a server that speaks S3.
- ``cluster``: the parts of Airflow, and their settings.
- ``door``: keeps requests of a bulk write at the vendor until somebody has died.
- ``show``: starts the DAGs, and kills; ``judge`` counts; ``plan`` is what they and the DAGs agree on.

Processes, databases, and Airflow's API are those of the kill harness.
"""
