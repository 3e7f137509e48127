"""The three services on this machine, without a cluster: `make dev`."""
