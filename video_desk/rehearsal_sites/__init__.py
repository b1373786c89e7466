"""Two practice sites for the remote counter: a card application and a Mynaportal. README.md is the way in."""
