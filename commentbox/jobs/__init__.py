"""Work without a person waiting: the steps, and the two ways of running them."""
