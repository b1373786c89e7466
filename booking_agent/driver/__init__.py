"""A city's site, worked in a browser by its profile. Nothing here knows a database or a contact."""
