"""Speech on this machine: a voice in every language that residents are spoken to in, and whether what was said was heard."""
