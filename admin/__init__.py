"""The office, and where the house is put together: the web application, the command line, one composition root a process."""
