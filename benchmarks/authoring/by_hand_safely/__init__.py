"""The five jobs with ``@task`` and ``requests``, and with all that it takes to survive what ours survive."""
