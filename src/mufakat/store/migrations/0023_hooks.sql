-- Webhooks to a marketplace's machines: its endpoints, how far each one is in each case, and a log of tries.
--
-- events: the stored names of the events that are wanted, none for all of them. paused: why nothing is sent, empty where it
-- is. failures, failing_since: tries without an answer that counts, since the last one with it; rests_until: nothing is
-- tried before.
CREATE TABLE hooks (
    marketplace text NOT NULL REFERENCES marketplaces (marketplace),
    hook_id text NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    kind text NOT NULL CHECK (kind IN ('HMAC', 'ED25519')),
    paused text NOT NULL CHECK (paused IN ('', 'BY_HAND', 'GONE', 'FAILING')),
    created_at timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    rests_until timestamptz NOT NULL DEFAULT 'epoch',
    PRIMARY KEY (marketplace, hook_id)
);

-- Sealed, each under a key of its own. until: when one that was rotated ends; empty for the one that is in force.
CREATE TABLE hook_secrets (
    marketplace text NOT NULL,
    hook_id text NOT NULL,
    secret_id text NOT NULL,
    sealed bytea NOT NULL,
    wrapped bytea NOT NULL,
    wrapped_by text NOT NULL,
    made_at timestamptz NOT NULL,
    until timestamptz,
    PRIMARY KEY (marketplace, hook_id, secret_id)
);

-- sent: the number of the last event that is done with; known: of the last one there is, put by the statement that writes
-- events; previous: of the one that was sent or given up before the next, empty where there is none. next_try: also the
-- end of a lease. since: when it began to wait, by the database's clock, for who comes first.
-- No reference to hooks: it would lock the endpoint's row with every command.
CREATE TABLE hook_cases (
    marketplace text NOT NULL,
    hook_id text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    sent integer NOT NULL,
    known integer NOT NULL,
    previous integer,
    attempts integer NOT NULL DEFAULT 0,
    failed_since timestamptz,
    next_try timestamptz NOT NULL DEFAULT 'epoch',
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (marketplace, hook_id, order_id, case_id)
);

CREATE INDEX hook_cases_waiting ON hook_cases (marketplace, hook_id, next_try, since) WHERE sent < known;

-- number and name: which event of the case, 0 for a test. answer: the first bytes of what the endpoint said; forgetting a
-- case empties it.
CREATE TABLE hook_tries (
    marketplace text NOT NULL,
    hook_id text NOT NULL,
    try_id text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('DELIVERED', 'FAILED', 'GIVEN_UP')),
    status integer,
    took_ms integer NOT NULL,
    answer text NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (marketplace, hook_id, try_id)
);

CREATE INDEX hook_tries_of_case ON hook_tries (marketplace, case_id);
CREATE INDEX hook_tries_by_age ON hook_tries (marketplace, at);
