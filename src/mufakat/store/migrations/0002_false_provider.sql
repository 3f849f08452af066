-- The false payment provider's own books, for trying the platform without a real one. No other code reads them.

-- All that the provider knows of one seller in one currency, as it wrote it; `version` is its lock.
CREATE TABLE false_sellers (
    marketplace text NOT NULL,
    seller_id text NOT NULL,
    currency text NOT NULL,
    version bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (marketplace, seller_id, currency)
);

-- In whose account an obligation is, or the call with a key: callers look up by that name alone.
CREATE TABLE false_names (
    marketplace text NOT NULL,
    name text NOT NULL,
    seller_id text NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (marketplace, name)
);
