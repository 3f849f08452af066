-- Runs in which what cases say was compared with what their payment provider says. `at` is the moment for which a run stands
-- (one a day, or when a person asked), so that several processes make each once; `ended_at` is empty while it is under way.
-- `asked` counts obligations, `drifts` is what differed, as JSON. Kept for a year. Docs: guides/providers.md.
CREATE TABLE reconciliations (
    marketplace text NOT NULL,
    at timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    asked integer NOT NULL DEFAULT 0,
    drifts text NOT NULL DEFAULT '[]',
    PRIMARY KEY (marketplace, at)
);
