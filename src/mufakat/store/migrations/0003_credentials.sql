-- Who may call the HTTP API. One row for each key of a marketplace's server, each agent's token, and each public key with
-- which a marketplace signs its customers' and sellers' tokens. Secrets are random and 256 bits long, so a plain SHA-256
-- keeps them; a public key stands as it is. Every request reads its row, so a revoked credential is of no use at once.
CREATE TABLE credentials (
    marketplace text NOT NULL,
    id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('SERVER', 'AGENT', 'SIGNING')),
    subject text NOT NULL,
    secret bytea NOT NULL,
    scopes text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (marketplace, id)
);

-- What changed since a moment, for those who poll.
CREATE INDEX cases_by_change ON cases (marketplace, changed_at, case_id);
