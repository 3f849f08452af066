"""What travels over HTTP, as msgspec structs: requests checked on arrival, answers documented by their types.

Imported by the client too, so nothing here may need the server's parts.
"""
