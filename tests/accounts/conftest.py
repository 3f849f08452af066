"""A shop behind the application for each test."""

from tests.api.conftest import shop

__all__ = ["shop"]
