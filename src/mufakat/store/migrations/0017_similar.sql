-- What was written in a case, for finding cases like it. Docs: decisions/0030. Derived from sealed texts, so it is purged
-- with the case; noted and locked as signals are (`noted`). One row for each reason and category of the case's lines.
--
-- `body` is the text folded to small letters, without addresses of mail and long numbers; `words` the same for full-text
-- search. Trigrams are compared when a case is sought, so they need no index: candidates are few by then.
CREATE TABLE search_texts (
    marketplace text NOT NULL,
    order_id text NOT NULL,
    case_id text NOT NULL,
    reason text NOT NULL,
    category text NOT NULL,
    opened_at timestamptz NOT NULL,
    body text NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (marketplace, order_id, case_id, reason, category)
);

CREATE INDEX search_texts_of_kind ON search_texts (marketplace, reason, category, opened_at);
CREATE INDEX search_texts_of_reason ON search_texts (marketplace, reason, opened_at);
CREATE INDEX search_texts_by_words ON search_texts USING gin (words);

-- Cases that were noted by an earlier program are noted once more, with their texts; forgotten ones stay as they are.
UPDATE noted SET number = 0 WHERE number < 2147483647;
DELETE FROM noted_until;
