-- What is looked for often must not cost more the more feeds and stories there
-- are.

-- +goose Up
-- The health in state, to be counted and searched by.
ALTER TABLE feeds ADD COLUMN health TEXT NOT NULL DEFAULT '';
UPDATE feeds SET health = coalesce(json_extract(state, '$.health'), '');
CREATE INDEX feeds_health ON feeds (health) WHERE active = 1;

-- Digests take the latest stories.
CREATE INDEX stories_latest ON stories (latest DESC, id);

-- When a feed was last polled: after a clock that was ahead has been set right,
-- that is in the future, and so is the next time.
ALTER TABLE feeds ADD COLUMN polled BIGINT NOT NULL DEFAULT 0;
CREATE INDEX feeds_polled ON feeds (polled) WHERE active = 1;
