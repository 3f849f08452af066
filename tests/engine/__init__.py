"""Tests of the engine, on PostgreSQL and in memory."""
