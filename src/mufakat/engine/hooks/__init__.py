"""Webhooks to a marketplace's machines: what they are told, how it reaches them, and how endpoints are kept."""
