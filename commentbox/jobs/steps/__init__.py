"""The steps: each a bounded batch that can be run again without harm."""
