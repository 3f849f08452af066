"""Pages for people, drawn by the server on the engine's own commands, in Indonesian and English, whole without script.

What a page shows of a case is what the API answers to the same viewer (`api/showing.py`): nothing else gets here. How
a page is made, and how to add one: docs/guides/pages.md; why it is so: docs/decisions/0032-pages.md.
"""
