-- Double entry: every movement of money as one row that takes an amount from one account and gives it to another. It takes
-- the place of `ledger`, whose rows were made of the log like these, so nothing is lost with it: `mufakat rebuild` makes the
-- transfers of cases that were there before. Docs: guides/ledger.md, decisions/0022.
DROP TABLE ledger;

-- Append only. `number` is the event's, `leg` the transfer's place in it; `case_id:number:leg` is its name. A PENDING one
-- (a hold, a claim on a carrier) is resolved by a later row that names it in `resolves`: POST of what was paid from it, VOID,
-- EXPIRE. `cause` is the event's stored name, `rule` by which it stands, `reference` the provider's name of what it did.
-- `seller_id` is the case's seller, whoever the accounts belong to.
CREATE TABLE transfers (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    leg integer NOT NULL,
    matter integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('POSTED', 'PENDING', 'POST', 'VOID', 'EXPIRE')),
    debit text NOT NULL,
    debit_party text NOT NULL,
    credit text NOT NULL,
    credit_party text NOT NULL,
    currency text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    cause text NOT NULL,
    rule text NOT NULL,
    at timestamptz NOT NULL,
    resolves text NOT NULL,
    reference text NOT NULL,
    seller_id text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, number, leg),
    CHECK (debit <> credit),
    CHECK ((resolves <> '') = (kind IN ('POST', 'VOID', 'EXPIRE')))
);

-- What is pending is resolved once.
CREATE UNIQUE INDEX transfers_resolve_once ON transfers (marketplace, order_id, case_id, resolves) WHERE resolves <> '';
-- People name a case by its own id.
CREATE INDEX transfers_by_case ON transfers (marketplace, case_id);
-- A seller's statement, oldest first.
CREATE INDEX transfers_by_seller ON transfers (marketplace, seller_id, at, case_id, number, leg);

-- Both sides of each transfer, a debit as a negative amount: the sum of a case, and of everything, is zero in each currency.
-- `state`: POSTED counts for the balance of an account; PENDING is held; VOIDED and EXPIRED count for nothing any more. A
-- pending transfer that was posted has no legs of its own: those of the posting stand for it.
CREATE VIEW ledger_legs AS
WITH stands AS (
    SELECT t.*, CASE
        WHEN t.kind <> 'PENDING' THEN 'POSTED'
        WHEN r.kind IS NULL THEN 'PENDING'
        WHEN r.kind = 'VOID' THEN 'VOIDED'
        ELSE 'EXPIRED' END AS state
    FROM transfers t LEFT JOIN transfers r ON r.marketplace = t.marketplace AND r.order_id = t.order_id
        AND r.case_id = t.case_id AND r.resolves = t.case_id || ':' || t.number || ':' || t.leg AND r.resolves <> ''
    WHERE t.kind NOT IN ('VOID', 'EXPIRE') AND (t.kind <> 'PENDING' OR r.kind IS NULL OR r.kind <> 'POST')
)
SELECT marketplace, order_id, case_id, number, leg, matter, debit AS account, debit_party AS party, currency,
    -amount AS amount, state, cause, rule, at, seller_id FROM stands
UNION ALL
SELECT marketplace, order_id, case_id, number, leg, matter, credit, credit_party, currency,
    amount, state, cause, rule, at, seller_id FROM stands;

-- The provider's own name of what it did when it was told, where it gave one.
ALTER TABLE outbox ADD COLUMN reference text NOT NULL DEFAULT '';
