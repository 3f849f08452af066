"""Mufakat: after-sales disputes, decided by rules that can be read, checked and replayed."""

__version__ = "0.1.0"
