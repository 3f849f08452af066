"""The description of the API (OpenAPI 3.1), made from the routes and their types when it is first asked for.

`document.py` puts it together; `shapes.py` turns types into schemas; `answers.py` says what each route answers beside
its success; `examples.py` reads the examples that stand in `examples/`, which the tests play.
"""
