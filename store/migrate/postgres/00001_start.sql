-- Times are milliseconds since 1970 in UTC, 0 where there is none. Columns
-- named "data" hold a record as JSON; the columns beside it are there to be
-- searched by.

-- +goose Up
CREATE TABLE counters (name TEXT COLLATE "C" PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counters (name, value) VALUES ('alerts', 0), ('grouping', 0);

CREATE TABLE feeds (
  id        TEXT COLLATE "C" PRIMARY KEY,
  url       TEXT COLLATE "C" NOT NULL,
  data      TEXT COLLATE "C" NOT NULL,
  state     TEXT COLLATE "C" NOT NULL DEFAULT '{}',
  next_poll BIGINT NOT NULL DEFAULT 0,
  queued    BIGINT NOT NULL DEFAULT 0, -- a poll was put into the queue; not again before this time
  active    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX feeds_due ON feeds (next_poll) WHERE active = 1;

-- Who sees a feed. An empty platform is everybody: the operator's own feeds.
CREATE TABLE feed_places (
  feed      TEXT COLLATE "C" NOT NULL,
  platform  TEXT COLLATE "C" NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  data      TEXT COLLATE "C" NOT NULL,
  removed   BIGINT NOT NULL DEFAULT 0, -- what the feed has brought stays visible
  PRIMARY KEY (feed, platform, workspace)
);

CREATE TABLE hosts (
  domain TEXT COLLATE "C" PRIMARY KEY,
  held   BIGINT NOT NULL, -- a request is in flight, at the latest until then
  holder TEXT COLLATE "C" NOT NULL,
  next   BIGINT NOT NULL  -- nobody may ask the domain before
);

CREATE TABLE entries (
  id          TEXT COLLATE "C" PRIMARY KEY,
  feed        TEXT COLLATE "C" NOT NULL,
  link_key    TEXT COLLATE "C" NOT NULL,
  title       TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  published   BIGINT NOT NULL,
  seen        BIGINT NOT NULL,
  stage       TEXT COLLATE "C" NOT NULL, -- baseline, waiting, read, or the stage that it was skipped at
  reason      TEXT COLLATE "C" NOT NULL DEFAULT '',
  done        BIGINT NOT NULL DEFAULT 0,
  article     TEXT COLLATE "C" NOT NULL DEFAULT '',
  body        BYTEA NOT NULL
);
CREATE INDEX entries_feed ON entries (feed, seen);
CREATE INDEX entries_link ON entries (link_key);
CREATE INDEX entries_article ON entries (article) WHERE article <> '';
CREATE INDEX entries_seen ON entries (seen);

-- Keys outlive their entry, so that a pruned entry does not come back.
CREATE TABLE entry_keys (
  feed  TEXT COLLATE "C" NOT NULL,
  key   TEXT COLLATE "C" NOT NULL,
  entry TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (feed, key)
);

CREATE TABLE articles (
  id          TEXT COLLATE "C" PRIMARY KEY,
  entry       TEXT COLLATE "C" NOT NULL,
  feed        TEXT COLLATE "C" NOT NULL,
  url         TEXT COLLATE "C" NOT NULL,
  url_key     TEXT COLLATE "C" NOT NULL,
  title       TEXT COLLATE "C" NOT NULL,
  outlet      TEXT COLLATE "C" NOT NULL,
  outlet_type TEXT COLLATE "C" NOT NULL,
  lang        TEXT COLLATE "C" NOT NULL,
  access      TEXT COLLATE "C" NOT NULL,
  relevant    BIGINT NOT NULL,
  published   BIGINT NOT NULL, -- when the article gives none: when it was fetched
  fetched     BIGINT NOT NULL,
  version     BIGINT NOT NULL DEFAULT 1,
  story       TEXT COLLATE "C" NOT NULL DEFAULT '',
  seq         BIGINT NOT NULL DEFAULT 0, -- of the grouping that put it where it is
  grouped     BIGINT NOT NULL DEFAULT 0,
  features    BYTEA NOT NULL,
  body        BYTEA NOT NULL
);
CREATE INDEX articles_story ON articles (story, published);
CREATE INDEX articles_seq ON articles (seq);
CREATE INDEX articles_grouped ON articles (grouped);
-- Features are dropped when they are old.
CREATE INDEX articles_features ON articles (grouped) WHERE length(features) > 0;
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_url ON articles (url_key);

CREATE TABLE article_versions (
  article  TEXT COLLATE "C" NOT NULL,
  version  BIGINT NOT NULL,
  replaced BIGINT NOT NULL,
  body     BYTEA NOT NULL,
  packed   BYTEA NOT NULL, -- the text
  PRIMARY KEY (article, version)
);

CREATE TABLE stories (
  id      TEXT COLLATE "C" PRIMARY KEY,
  first   BIGINT NOT NULL,
  latest  BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE INDEX stories_changed ON stories (changed);

-- Stories that were merged into another keep their name as an alias.
CREATE TABLE story_aliases (alias TEXT COLLATE "C" PRIMARY KEY, story TEXT NOT NULL);
CREATE INDEX story_aliases_story ON story_aliases (story);

CREATE TABLE subscriptions (
  id        TEXT COLLATE "C" PRIMARY KEY,
  platform  TEXT COLLATE "C" NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  channel   TEXT COLLATE "C" NOT NULL,
  next      BIGINT NOT NULL, -- 0 while it is paused
  data      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX subscriptions_place ON subscriptions (platform, workspace, channel);
CREATE INDEX subscriptions_due ON subscriptions (next) WHERE next > 0;

CREATE TABLE editions (
  id           TEXT COLLATE "C" PRIMARY KEY,
  subscription TEXT COLLATE "C" NOT NULL,
  due          BIGINT NOT NULL,
  made         BIGINT NOT NULL,
  data         TEXT COLLATE "C" NOT NULL
);
CREATE INDEX editions_subscription ON editions (subscription, due);

CREATE TABLE edition_stories (
  story   TEXT COLLATE "C" NOT NULL,
  edition TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (story, edition)
);
CREATE INDEX edition_stories_edition ON edition_stories (edition);

CREATE TABLE alerts (
  id        TEXT COLLATE "C" PRIMARY KEY,
  platform  TEXT COLLATE "C" NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  person    TEXT COLLATE "C" NOT NULL,
  next      BIGINT NOT NULL,
  data      TEXT COLLATE "C" NOT NULL
);
CREATE INDEX alerts_owner ON alerts (platform, workspace, person);
CREATE INDEX alerts_due ON alerts (next) WHERE next > 0;

CREATE TABLE hits (
  alert   TEXT COLLATE "C" NOT NULL,
  story   TEXT COLLATE "C" NOT NULL,
  article TEXT COLLATE "C" NOT NULL,
  at      BIGINT NOT NULL,
  held    BIGINT NOT NULL,
  data    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (alert, story, article)
);

CREATE TABLE settings (
  platform  TEXT COLLATE "C" NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  person    TEXT COLLATE "C" NOT NULL,
  data      TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (platform, workspace, person)
);

CREATE TABLE muted (
  platform  TEXT COLLATE "C" NOT NULL,
  workspace TEXT COLLATE "C" NOT NULL,
  channel   TEXT COLLATE "C" NOT NULL,
  story     TEXT COLLATE "C" NOT NULL,
  at        BIGINT NOT NULL,
  PRIMARY KEY (platform, workspace, channel, story)
);

CREATE TABLE commands (id TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL);
CREATE INDEX commands_at ON commands (at);

CREATE TABLE outbox (
  seq       BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  key       TEXT COLLATE "C" NOT NULL UNIQUE,
  lane      TEXT COLLATE "C" NOT NULL,
  after_key TEXT COLLATE "C" NOT NULL,
  edition   TEXT COLLATE "C" NOT NULL,
  state     TEXT COLLATE "C" NOT NULL, -- waiting, sending, sent, lost, refused, unsure
  put       BIGINT NOT NULL,
  due       BIGINT NOT NULL,
  attempt   BIGINT NOT NULL DEFAULT 0,
  doubt     INTEGER NOT NULL DEFAULT 0, -- 1 when an attempt ended without an outcome: it may have got through
  first     BIGINT NOT NULL DEFAULT 0,
  settled   BIGINT NOT NULL DEFAULT 0,
  receipt   TEXT COLLATE "C" NOT NULL DEFAULT '{}',
  detail    TEXT COLLATE "C" NOT NULL DEFAULT '',
  delivery  BYTEA NOT NULL
);
CREATE INDEX outbox_open ON outbox (lane, seq) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_due ON outbox (due) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_after ON outbox (after_key) WHERE after_key <> '';
CREATE INDEX outbox_edition ON outbox (edition) WHERE edition <> '';
CREATE INDEX outbox_settled ON outbox (settled) WHERE settled > 0;

-- A lane with a claim that is not settled. The claim is void after "held".
CREATE TABLE lanes (
  lane TEXT COLLATE "C" PRIMARY KEY,
  key  TEXT COLLATE "C" NOT NULL,
  held BIGINT NOT NULL
);
