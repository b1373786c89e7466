"""One composition root for each process of the centre."""
