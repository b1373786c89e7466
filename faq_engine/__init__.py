"""The FAQ engine: search, articles and editions, drafts. Its own issue builds it."""
