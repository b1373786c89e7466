"""What can be done at the remote counter, as data: the steps that the operator goes through with the resident (NB-11, IZ-12)."""

from video_desk.procedures.load import Procedure, Site, Step, load, of_file, standard

__all__ = ["Procedure", "Site", "Step", "load", "of_file", "standard"]
