-- How the two parties of an order can be reached: sealed, each under a key of its own, which is destroyed with the last
-- case of the order that is forgotten.
CREATE TABLE contacts (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    role text NOT NULL CHECK (role IN ('CUSTOMER', 'SELLER')),
    sealed bytea NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    put_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, order_id, role)
);

-- Agents who had a contact shown in full, and why. Rows are only ever added; forgetting a case empties reason and key.
CREATE TABLE reveals (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    reveal_id text NOT NULL,
    party text NOT NULL,
    agent_id text NOT NULL,
    at timestamptz NOT NULL,
    reason bytea NOT NULL,
    wrapped bytea,
    wrapped_by text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, reveal_id)
);
