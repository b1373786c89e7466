"""Who saw or did what: append-only, hash-chained, in a database of its own, written and fsynced before the act."""

from contact_center.audit.trail import KEY_FILE, LOCK, Act, AuditTrail, Place, Search, create_for

__all__ = ["KEY_FILE", "LOCK", "Act", "AuditTrail", "Place", "Search", "create_for"]
