-- Webhooks of payment providers that were heard: one that comes again asks for nothing again. Kept for a day; a signature
-- is good for minutes, and a later repetition would only look something up once more.
CREATE TABLE provider_messages (
    marketplace text NOT NULL,
    message_id text NOT NULL,
    heard_at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, message_id)
);

CREATE INDEX provider_messages_by_age ON provider_messages (marketplace, heard_at);
