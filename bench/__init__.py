"""The benchmarks: each measures our way and the plain alternative in the same run."""
