"""The false provider as a server of its own: the marketplace's finance service, played, with faults on demand."""
