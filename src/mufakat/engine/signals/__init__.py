"""Signals for agents: the same or a near picture elsewhere, a tracking number named twice, and their like.

`noting` keeps what signals are made of, after the fact: what the inspection saw in a file, and what the log of a case
says. `telling` puts the signals of a case together when an agent asks. Nothing here is on the way of a command, nothing
decides, and no party sees any of it. What a signal is: core/signals.py; in words: core/words/signals.py.
"""
