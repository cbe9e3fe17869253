"""The kill harness: real Airflow, real SIGKILLs at scripted points, and a count at the vendors afterwards.

``python -m tests.e2e.kills``, or ``make e2e``. The parts:

- ``script``: at which points an attempt is disturbed, and what has been done of it.
- ``boundary``: in the process of a task, names the attempt on its requests; nothing of the package is patched.
- ``gate``: at the door of each sandbox, stops a request at its point and has the process behind it killed from outside.
- ``catalogue``: one entry per operator: how to ask for it, which request is its write, what it leaves at the vendor.
- ``plan``: which operators are disturbed where, on which database.
- ``stage``: databases, Airflow's processes and its REST API.
- ``alike``: every operator undisturbed, with a scheduler and with ``dag.test()``.
- ``show``: runs the plan; ``verdict`` counts; ``table`` prints.
"""
