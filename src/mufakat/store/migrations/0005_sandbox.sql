-- Sandboxes: marketplaces for trying, whose clock is moved forward by a call. Money and people in them are made up.

-- Said once, when the marketplace is made: a live one never becomes a sandbox, nor a sandbox a live one. A sandbox's
-- clock runs clock_offset ahead of the real one and never stands still, so a call that dies leaves no stopped clock.
ALTER TABLE marketplaces ADD COLUMN sandbox boolean NOT NULL DEFAULT false;
ALTER TABLE marketplaces ADD CONSTRAINT marketplaces_sandbox_runs CHECK (NOT sandbox OR clock_frozen IS NULL);
