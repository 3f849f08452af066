"""The tests. One folder for each room; `python -m pytest -n 0 tests/store` runs one without a second process."""
