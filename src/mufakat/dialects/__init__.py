"""Other vendors' APIs and words onto the same commands and cases."""
