"""The store: PostgreSQL and nothing else. Migrations, the log of events, indexes, outbox, embedded server."""
