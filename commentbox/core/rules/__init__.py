"""Small decisions that more than one place needs, each in one place."""
