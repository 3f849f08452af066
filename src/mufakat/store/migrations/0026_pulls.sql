-- How far the orders of another system are read: every change before `read_until`, by that system's own moments. A pull goes
-- on from there, a little earlier, so that a cut run misses nothing. `sealed`: the tokens that the system gave last.
CREATE TABLE pulls (
    marketplace text NOT NULL,
    source text NOT NULL,
    read_until timestamptz NOT NULL,
    sealed bytea NOT NULL,
    wrapped bytea NOT NULL,
    wrapped_by text NOT NULL,
    PRIMARY KEY (marketplace, source)
);
