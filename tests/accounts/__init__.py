"""Agents and leads as people: accounts, sessions, second factors, an identity provider, contacts."""
