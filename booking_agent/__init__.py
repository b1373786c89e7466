"""The booking agent: the city's own reservation site, operated for the caller. Its own issue builds it."""
