"""Policy: a rulebook's values on one day. Parsing and checking of rulebook files live beside the types."""
