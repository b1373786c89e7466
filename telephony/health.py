"""What `madoguchi doctor` asks about the telephone."""
