-- What waits for an agent: one row for each piece of work, derived from the folded case and written in the statement of its
-- events, but for SAMPLE, which others put in. rebuild makes the derived columns again and leaves the queue's own alone.
--
-- turn, amount, since: the order of the queue. language: the customer's, empty for the market's own. categories, barred:
-- joined by the unit separator (chr(31)); barred are the agents whose own judgement it is about.
-- holder, until: who has it; until is empty where it was assigned, else the end of the lease. passed: who handed it back.
CREATE TABLE work (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    matter integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('JUDGE', 'APPEAL', 'ASSESS', 'CONFIRM', 'SAMPLE')),
    due timestamptz NOT NULL,
    turn timestamptz NOT NULL,
    since timestamptz NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    escalations integer NOT NULL,
    language text NOT NULL,
    categories text NOT NULL,
    customer_id text NOT NULL,
    seller_id text NOT NULL,
    barred text NOT NULL,
    holder text,
    until timestamptz,
    passed text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (marketplace, order_id, case_id, matter, kind)
);

-- The queue in its order. Amounts are negated so that one comparison of rows finds where a page goes on.
CREATE INDEX work_in_turn ON work (marketplace, turn, (-amount), since, case_id, matter, kind);
CREATE INDEX work_by_holder ON work (marketplace, holder) WHERE holder IS NOT NULL;
-- Nobody has two leases, however many requests they send at once.
CREATE UNIQUE INDEX work_one_lease ON work (marketplace, holder) WHERE until IS NOT NULL;

-- Who had which work, and how it came to them and went. Append only; forgetting a case empties note and key.
-- agent_id: whom it is about; by_id: who did it, empty for the clock.
CREATE TABLE work_log (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    entry_id text NOT NULL,
    matter integer NOT NULL,
    kind text NOT NULL,
    what text NOT NULL CHECK (what IN ('TAKEN', 'HANDED_BACK', 'LAPSED', 'ASSIGNED', 'RELEASED')),
    agent_id text NOT NULL,
    by_id text NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    note bytea,
    wrapped bytea,
    wrapped_by text NOT NULL DEFAULT '',
    PRIMARY KEY (marketplace, order_id, case_id, entry_id)
);

CREATE INDEX work_log_by_agent ON work_log (marketplace, agent_id, case_id);

-- How a marketplace's queue is run; no row: nobody is named, and leases are as long as the program's default.
-- fallback: the account that gets what nobody else may take.
CREATE TABLE queues (
    marketplace text PRIMARY KEY,
    fallback text NOT NULL,
    lease_minutes integer NOT NULL
);
