-- The ledger only grows: what was written is never rewritten, nor is the seal of a day. Retention may delete.
CREATE TRIGGER `audit_entries_append_only` BEFORE UPDATE ON `audit_entries` BEGIN
	SELECT RAISE(ABORT, 'audit_entries is append-only');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_seals_append_only` BEFORE UPDATE ON `audit_seals` BEGIN
	SELECT RAISE(ABORT, 'audit_seals is append-only');
END;
