"""Small programs that make pages of the docs."""
