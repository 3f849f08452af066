"""Carriers: what they report about parcels, read from their webhooks, matched with orders and told as facts."""
