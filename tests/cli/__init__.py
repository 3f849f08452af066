"""The command line, from the outside: what is typed, what comes back."""
