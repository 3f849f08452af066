-- What reports count: one row a line of a case and thing that happened to it. Docs: decisions/0035. Made of the log by the
-- loop that notes what has changed, `noted.reported` events far; `mufakat rebuild` makes them anew. Rows are only ever
-- added, and hold codes, ids, moments and amounts: forgetting leaves them.
--
-- `number` is the event's, `place` tells several rows of one line at one event apart. `code` by `what`: the request's type,
-- the how-manieth dispute, the step that decided, the clock that ran out, how it ended, why money moved. `party`: who was
-- waited for, or bore the money. `seconds`: how long a decision or an end took; `amount` in minor units.
CREATE TABLE reported (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    number integer NOT NULL,
    line_id text NOT NULL,
    place integer NOT NULL,
    what text NOT NULL CHECK (what IN ('OPENED', 'DISPUTED', 'DECIDED', 'LAPSED', 'ENDED', 'CLOSED', 'MONEY')),
    code text NOT NULL,
    party text NOT NULL,
    at timestamptz NOT NULL,
    seconds bigint,
    amount bigint NOT NULL,
    reason text NOT NULL,
    category text NOT NULL,
    product text NOT NULL,
    seller_id text NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, number, line_id, place)
);

-- A period of one marketplace, and of one seller in it.
CREATE INDEX reported_by_time ON reported (marketplace, what, at);
CREATE INDEX reported_by_seller ON reported (marketplace, seller_id, what, at);

-- How far the log of a case is in there, beside how far it was noted: a forgotten case is noted for good, and reported on.
ALTER TABLE noted ADD COLUMN reported integer NOT NULL DEFAULT 0;
-- Cases of an earlier program are told of, too.
DELETE FROM noted_until;
