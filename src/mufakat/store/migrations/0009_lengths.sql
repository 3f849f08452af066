-- How long the copy of a film or sound plays, in milliseconds; 0 of everything else, and of what was kept before.
ALTER TABLE derivatives ADD COLUMN length_ms bigint NOT NULL DEFAULT 0;
