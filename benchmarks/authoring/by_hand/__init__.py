"""The five jobs with ``@task`` and ``requests``, as one writes them."""
