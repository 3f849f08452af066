-- People of the platform: agents, who judge, and leads, who also look after the agents. One row for each account of a
-- marketplace. `login` is an e-mail address in small letters. `password` is argon2's own text, empty for none.
--
-- ties: ids of customers and sellers in whose cases the account has no part. totp: the secret of the second factor, sealed
-- under the master key; totp_at: since when it is asked for; totp_step: the last step of time whose code was used, so that
-- a code is good once. recovery: SHA-256 of the codes that are left, each random and 80 bits long.
-- invitation: SHA-256 of the one token with which a password can be set until invited_until.
-- issuer, subject: who it is at an OpenID Connect provider, empty for nobody.
CREATE TABLE accounts (
    marketplace text NOT NULL,
    account_id text NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('AGENT', 'LEAD')),
    languages text[] NOT NULL,
    categories text[] NOT NULL,
    ties text[] NOT NULL,
    password text NOT NULL DEFAULT '',
    totp bytea,
    totp_wrapped bytea,
    totp_wrapped_by text NOT NULL DEFAULT '',
    totp_at timestamptz,
    totp_step bigint NOT NULL DEFAULT 0,
    recovery bytea[] NOT NULL DEFAULT '{}',
    invitation bytea,
    invited_until timestamptz,
    issuer text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    disabled_at timestamptz,
    PRIMARY KEY (marketplace, account_id)
);

CREATE UNIQUE INDEX accounts_by_login ON accounts (marketplace, login);
CREATE UNIQUE INDEX accounts_by_subject ON accounts (marketplace, issuer, subject) WHERE subject <> '';

-- Who is signed in. Secrets are random and 256 bits long, so a plain SHA-256 keeps them. Every request reads its row with
-- the account's, so whatever changes there holds from the next request on. seen_at is right to a minute.
-- reauthenticated_at: when the password or a code was last given, empty where only a provider vouches for the person.
CREATE TABLE sessions (
    marketplace text NOT NULL,
    session_id text NOT NULL,
    account_id text NOT NULL,
    secret bytea NOT NULL,
    how text NOT NULL CHECK (how IN ('PASSWORD', 'OIDC')),
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    reauthenticated_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (marketplace, session_id)
);

CREATE INDEX sessions_by_account ON sessions (marketplace, account_id, created_at);

-- Tries at signing in, by a keyed hash of the login or of the address: alike for accounts that there are and that there
-- are not. `tries` counts until one succeeds or nobody tries for a while.
CREATE TABLE sign_in_tries (
    marketplace text NOT NULL,
    who bytea NOT NULL,
    tries integer NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (marketplace, who)
);

CREATE INDEX sign_in_tries_by_age ON sign_in_tries (at);

-- A token for machines and for trying may also stand for a lead.
ALTER TABLE credentials DROP CONSTRAINT credentials_kind_check;
ALTER TABLE credentials ADD CONSTRAINT credentials_kind_check CHECK (kind IN ('SERVER', 'AGENT', 'LEAD', 'SIGNING'));
