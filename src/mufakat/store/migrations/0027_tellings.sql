-- What a party is told outside of the pages: a row for all that one command tells one recipient in one case. It is put
-- with the first of those notices. here: how many of them stand in the inbox, of `among`. is_result: one of them tells a
-- result. next_try: also the end of a lease. done: what an agent did about a result that could not be delivered.
CREATE TABLE tellings (
    marketplace text NOT NULL,
    to_role text NOT NULL CHECK (to_role IN ('CUSTOMER', 'SELLER')),
    to_id text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    cause integer NOT NULL,
    state text NOT NULL DEFAULT 'WAITING'
        CHECK (state IN ('WAITING', 'SENT', 'FAILED', 'BOUNCED', 'NO_CONTACT', 'OFF')),
    here integer NOT NULL DEFAULT 1,
    is_result boolean NOT NULL,
    began_at timestamptz NOT NULL,
    next_try timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    why text NOT NULL DEFAULT '',
    settled_at timestamptz,
    done text NOT NULL DEFAULT '',
    done_by text NOT NULL DEFAULT '',
    done_at timestamptz,
    PRIMARY KEY (marketplace, case_id, cause, to_role, to_id)
);

CREATE INDEX tellings_waiting ON tellings (next_try) WHERE state = 'WAITING';
CREATE INDEX tellings_undelivered ON tellings (marketplace, settled_at)
    WHERE is_result AND done = '' AND state IN ('FAILED', 'BOUNCED', 'NO_CONTACT');
