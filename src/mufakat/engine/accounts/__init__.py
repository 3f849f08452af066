"""Agents and leads as people: passwords, second factors, sessions, invitations, and contacts that they may see.

None of it ever changes a case. The log knows an agent by the id of the account, and nothing else of them.
"""
