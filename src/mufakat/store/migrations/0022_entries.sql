-- Links that sign in once. One row lets one party into one case: opening the link asks, and only the button uses it up, so
-- that programs which follow links in mail do not. `secret`: SHA-256 of 256 random bits. The visit that comes of it names
-- the row and reads it with every request, so that revoking it, or forgetting its case, ends the visit at once.
-- Rows are removed some time after `until` (engine/sweeping.py).
CREATE TABLE entries (
    marketplace text NOT NULL,
    entry_id text NOT NULL,
    secret bytea NOT NULL,
    role text NOT NULL CHECK (role IN ('CUSTOMER', 'SELLER')),
    party_id text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (marketplace, entry_id)
);

CREATE INDEX entries_by_case ON entries (marketplace, case_id, entry_id);
CREATE INDEX entries_by_end ON entries (until);

-- What was done for a party that could not get in, and why: the case was seen as the party sees it, or a link was made for
-- it. `support_id` of LET_IN is the entry's id. Rows are only ever added; forgetting a case empties reason and key.
CREATE TABLE support (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    support_id text NOT NULL,
    what text NOT NULL CHECK (what IN ('SEEN_AS', 'LET_IN')),
    role text NOT NULL CHECK (role IN ('CUSTOMER', 'SELLER')),
    by_id text NOT NULL,
    at timestamptz NOT NULL,
    reason bytea NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, support_id)
);

-- Who opened what, the newest first, of a marketplace and of one person. Ids begin with the moment they were made.
CREATE INDEX support_by_time ON support (marketplace, support_id);
CREATE INDEX support_by_person ON support (marketplace, by_id, support_id);
CREATE INDEX openings_by_time ON openings (marketplace, opening_id);
CREATE INDEX openings_by_person ON openings (marketplace, agent_id, opening_id);
CREATE INDEX reveals_by_time ON reveals (marketplace, reveal_id);
CREATE INDEX reveals_by_person ON reveals (marketplace, agent_id, reveal_id);

-- What somebody did with work, by time; and drafts that wait for a second person, few among all that waits.
CREATE INDEX work_log_by_time ON work_log (marketplace, agent_id, at, entry_id);
CREATE INDEX work_to_confirm ON work (marketplace, turn, (-amount), since, case_id, matter, kind) WHERE kind = 'CONFIRM';
