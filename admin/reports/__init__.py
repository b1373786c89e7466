"""Reports for the cities: monthly and yearly, as xlsx and PDF, signed off, frozen, re-issued only as a new version."""
