"""A feature of one folder and one line: everything a channel may add, in its smallest form."""
