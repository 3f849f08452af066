"""The tests, one folder for each room; `python -m pytest -n 0 tests/store` runs one in one process."""
