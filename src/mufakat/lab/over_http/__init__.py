"""Under the benchmarks over HTTP: made-up data, servers in processes of their own, a lean client, a bare app."""
