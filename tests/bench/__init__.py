"""Measurements, run by `python -m tests.bench` (`make bench`). They print figures and judge nothing."""
