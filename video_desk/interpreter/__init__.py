"""The interpreter: what is said at a counter, written and translated, and kept nowhere (IZ-08)."""

from video_desk.interpreter.endpoints import Caption, Interpreter

__all__ = ["Caption", "Interpreter"]
