"""Looking inside uploaded files: what they are, a clean copy for others to see, and facts for agents only.

Files are hostile. They are decoded in a process that is shut in (`isolation`): a workshop that has loaded the decoders
and forks for each file (`workshop`), so that no file ever shares a process with another. It is handed open files, never
names, and answers with a report (`report`) that the program's side (`inspector`, `door`) believes only after checking.
Everything that decodes (`examine`, `pictures`, `films`, `documents`) runs over there and nowhere else.

Nothing here knows a case, a database, a key or a party; plaintext never gets a name on disk.
"""
