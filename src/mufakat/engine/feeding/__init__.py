"""Orders of a whole marketplace, from files and from other systems, into the store: read, mapped, checked, put.

`mapping` says which column or path is which field, `reading` goes through a file row by row, `putting` writes by the
batch. A row that cannot be used is told and never stops the others; the same file again changes nothing.
"""
