"""One resident's session: a process of its own, which ends with it, and with which everything ends that it knew."""
