"""The video desk: the seat's side of the remote counter. Its own issue builds it."""
