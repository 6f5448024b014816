"""Damaged letters by the thousand through the whole way in; `make fuzz` runs it."""
