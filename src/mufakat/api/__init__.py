"""JSON over HTTP: routes, who may call them, and how answers and refusals look. Knows the engine; decides nothing.

`app.py` puts it together; `site.py` is what every route works with; `principals.py` tells who calls, `rights.py` what
each may do (one table); `problems.py` turns refusals and errors into problem documents (RFC 9457); `showing.py` shows a
case to one viewer; `wire/` holds what travels; `routes/` the routes, by theme.
"""
