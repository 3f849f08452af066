"""The application, and the only writer: handle (one way in), deadlines, deliveries, maintenance.

A command is loaded for, decided by the core and written in one statement; what the world must be told leaves by the
outbox. Stores, clocks, policies and payment providers come in through the protocols of `ports.py`.
"""
