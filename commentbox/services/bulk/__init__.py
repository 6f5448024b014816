"""Accepting many suggestions at once: what is offered, the work in portions, and the desk of its audit."""
