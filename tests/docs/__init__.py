"""The documents: whole, up to date, and true."""
