"""The laboratory: simulated worlds, and measurements."""
