"""What can be done at the remote counter, as data: the steps that the operator goes through with the resident (NB-11, IZ-12)."""

from video_desk.procedures.load import Procedure, Site, Step, load, of_file, standard
from video_desk.procedures.outcomes import OUTCOMES

__all__ = ["OUTCOMES", "Procedure", "Site", "Step", "load", "of_file", "standard"]
