"""The use cases: one function each, which takes a session, flushes and audits, and never commits."""
