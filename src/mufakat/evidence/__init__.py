"""The vault: files of supporting material, taken in as streams, checked by content, kept encrypted, read back whole.

`intake` checks and seals what arrives, `kinds` knows the few kinds that are taken, `stream` is the encryption, and
`vault` is the folder or object store. Whose files they are and who may see them is the engine's matter; keys come
from there too. Nothing in this room knows a case, a database or a party.
"""
