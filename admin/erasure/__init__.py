"""The register of personal information, and erasing it for good, copies and backups included (TO-07, TO-08, KQ-09, NB-17k)."""
