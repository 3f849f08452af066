"""The routes, by theme. Each handler names the right that it needs; `api/rights.py` says who has it."""
