"""Tests of other vendors' dialects."""
