"""Exactly-once creates: an intent before the request, the id after it, and a look at the vendor after everything else.

An object that a task creates belongs to the task's dag, run, task id and map index, and to what was asked for; never to
the try number. The note of it lies in the task's state (Airflow 3.3): written as an intent before the request is sent,
completed with the id when the answer is there. A later attempt reads the note first. With an id, it looks at the
object; with an intent only, it looks for what the lost attempt may have made. What a vendor lets us search for is in
one module per vendor; what is decided is in :mod:`~airflow_qa_provider.journal.journal`, the same for all.
"""
