"""The worker killed and cut off by the hundred, and the books held at the end; `make crash-test` runs it."""
