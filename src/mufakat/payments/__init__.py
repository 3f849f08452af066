"""Payment providers: the port, and a false provider with faults for trying and testing. Knows nothing of cases."""
