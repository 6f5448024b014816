"""The product's knowledge as values in, values out.

Nothing here knows the clock, the disk, the network, Flask or SQLAlchemy.
"""
