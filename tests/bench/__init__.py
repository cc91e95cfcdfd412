"""How fast it is: ``make bench``, or ``python -m tests.bench [NAME ...]``. Each figure is the median of several rounds,
beside a floor measured in the same run where there is one. Nothing here is part of the test suite."""
