-- The log and what is derived from it.
--
-- Rules that keep PostgreSQL's distributed kin open (docs/decisions): every primary key begins with the marketplace,
-- identifiers are made by the application, and there are no sequences, enums, triggers, functions or advisory locks.
-- Bytes are stored exactly as they were hashed or encrypted, so nothing is kept as json or jsonb.

-- A tenant. A demo or a sandbox owns its clock: it stands still at clock_frozen, or runs clock_offset beside the real one.
CREATE TABLE marketplaces (
    marketplace text PRIMARY KEY,
    market text NOT NULL,
    clock_offset interval NOT NULL DEFAULT '0',
    clock_frozen timestamptz
);

-- The guarded row: units and money of all cases of an order are checked and written under its version, in the same
-- statement as the events. `uses` is a cache: what each case has used, made again by rebuild.
CREATE TABLE orders (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    version bigint NOT NULL,
    customer_id text NOT NULL,
    seller_id text NOT NULL,
    snapshot bytea NOT NULL,
    uses bytea NOT NULL,
    PRIMARY KEY (marketplace, order_id)
);

-- What was learnt about an order after its snapshot. Append only.
CREATE TABLE order_facts (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    number integer NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (marketplace, order_id, number)
);

-- The truth. Append only. hash = sha256(previous || body), made and checked in the application only.
CREATE TABLE events (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    body bytea NOT NULL,
    hash bytea NOT NULL,
    previous bytea NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, number)
);

-- The index row of a case: a cache of its log. `state` is the folded case in the shape that `shape` names; a program of
-- another shape folds the events instead. `head` is the hash of the last event, so a log cut short is noticed.
-- `wake` is when the deadline loop looks next: `due`, or later for a case that made the loop stumble.
CREATE TABLE cases (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    head bytea NOT NULL,
    shape text NOT NULL,
    state bytea NOT NULL,
    policy text NOT NULL,
    type text NOT NULL,
    phases text NOT NULL,
    is_open boolean NOT NULL,
    due timestamptz,
    wake timestamptz,
    failures integer NOT NULL DEFAULT 0,
    customer_id text NOT NULL,
    seller_id text NOT NULL,
    currency text NOT NULL,
    asked bigint NOT NULL,
    held bigint NOT NULL,
    ordered bigint NOT NULL,
    paid bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id)
);

-- People name a case by its own id.
CREATE UNIQUE INDEX cases_by_id ON cases (marketplace, case_id);
-- The deadline loop: oldest first. Partial, so that closed cases, in time nearly all, cost it nothing.
CREATE INDEX cases_to_wake ON cases (marketplace, wake) WHERE wake IS NOT NULL;
-- The queue of open cases, by key and not by offset.
CREATE INDEX cases_open ON cases (marketplace, due, case_id) WHERE is_open;
-- A party's own list, newest first.
CREATE INDEX cases_by_customer ON cases (marketplace, customer_id, case_id);
CREATE INDEX cases_by_seller ON cases (marketplace, seller_id, case_id);

-- Effects on their way out. Each row carries its own state, so nobody polls by a global number (a smaller one may
-- commit later). Claiming a row moves next_try past the lease; `attempts` is the fencing token of a claim.
-- `position` orders the rows of a case within a lane: money leaves in order, notices need none.
CREATE TABLE outbox (
    marketplace text NOT NULL,
    key text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    lane text NOT NULL CHECK (lane IN ('MONEY', 'NOTICE', 'FACT')),
    position bigint NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('PENDING', 'DONE', 'GIVEN_UP')),
    attempts integer NOT NULL DEFAULT 0,
    unknown boolean NOT NULL DEFAULT false,
    next_try timestamptz NOT NULL,
    last_error text NOT NULL DEFAULT '',
    PRIMARY KEY (marketplace, key)
);

CREATE INDEX outbox_pending ON outbox (next_try) WHERE state = 'PENDING';
CREATE INDEX outbox_lanes ON outbox (marketplace, case_id, lane, position) WHERE state = 'PENDING';
CREATE INDEX outbox_given_up ON outbox (marketplace, key) WHERE state = 'GIVEN_UP';

-- One answer for one key. The input is kept as a keyed hash: without the master key it tells nothing about a text.
-- The answer is the events first to last of the case (none when last < first).
CREATE TABLE idempotency (
    marketplace text NOT NULL,
    key text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    input_hash bytea NOT NULL,
    first integer NOT NULL,
    last integer NOT NULL,
    PRIMARY KEY (marketplace, key)
);

CREATE INDEX idempotency_by_case ON idempotency (marketplace, case_id);

-- What people wrote, under the key of its case, found by the salted hash that stands in the event.
CREATE TABLE sealed (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    hash text NOT NULL,
    ciphertext bytea NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, hash)
);

-- The data key of a case, wrapped by the master key named in wrapped_by. Forgetting empties `wrapped`; the row stays, so
-- that nobody makes a second key for a forgotten case.
CREATE TABLE case_keys (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id)
);

-- Resolved policies whole under their hash: what a case pinned can be read for as long as the case.
CREATE TABLE policies (
    marketplace text NOT NULL,
    hash text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (marketplace, hash)
);

-- Notices. "Notice" in the rules is what stands here. Holds codes and ids, never text.
CREATE TABLE inbox (
    marketplace text NOT NULL,
    to_role text NOT NULL,
    to_id text NOT NULL,
    key text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    matter integer NOT NULL,
    code text NOT NULL,
    due text NOT NULL,
    placed_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, to_role, to_id, key)
);

CREATE INDEX inbox_newest ON inbox (marketplace, to_role, to_id, placed_at, key);

-- Every movement as legs that sum to zero for each event. A cache of the log, made again by rebuild.
CREATE TABLE ledger (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    leg integer NOT NULL,
    account text NOT NULL,
    party text NOT NULL,
    currency text NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, number, leg)
);

CREATE INDEX ledger_by_account ON ledger (marketplace, party, account);

-- Obligations that the provider knows and has not paid in full: looked up until it has, as it may collect for weeks.
CREATE TABLE obligations (
    marketplace text NOT NULL,
    obligation text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    total bigint NOT NULL,
    looks integer NOT NULL DEFAULT 0,
    next_look timestamptz,
    PRIMARY KEY (marketplace, obligation)
);

CREATE INDEX obligations_to_look ON obligations (next_look) WHERE next_look IS NOT NULL;

-- Whom we forgot. Export it beside every backup: a restored backup brings keys back, and this list destroys them again.
CREATE TABLE forgotten (
    marketplace text NOT NULL,
    case_id text NOT NULL,
    order_id text NOT NULL,
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, case_id)
);
