"""Tests of the law and the case."""
