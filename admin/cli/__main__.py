"""`python -m admin.cli`: the command line where it is not installed as `madoguchi`."""

from admin.cli import main

main()
