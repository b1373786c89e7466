"""The demo: a whole centre with fakes of everything outside, in which the main job is played before one's eyes."""
