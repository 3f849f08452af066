"""Examples that stand in the reference and are played by the tests.

`commands.toml`: a body of every command. `calls.toml`: calls of every operation, played in order. `stories.toml`:
commands in order, so that each is given once where it fits. `answers.json`: what the calls answered, written by
`python -m tests.api.playing`; long lists are cut to their first three. `describing/examples.py` reads all of it.
"""
