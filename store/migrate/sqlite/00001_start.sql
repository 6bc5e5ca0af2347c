-- Times are milliseconds since 1970 in UTC, 0 where there is none. Columns
-- named "data" hold a record as JSON; the columns beside it are there to be
-- searched by.

-- +goose Up
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('alerts', 0), ('grouping', 0);

CREATE TABLE feeds (
  id        TEXT PRIMARY KEY,
  url       TEXT NOT NULL,
  data      TEXT NOT NULL,
  state     TEXT NOT NULL DEFAULT '{}',
  next_poll INTEGER NOT NULL DEFAULT 0,
  queued    INTEGER NOT NULL DEFAULT 0, -- a poll was put into the queue; not again before this time
  active    INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX feeds_due ON feeds (next_poll) WHERE active = 1;

-- Who sees a feed. An empty platform is everybody: the operator's own feeds.
CREATE TABLE feed_places (
  feed      TEXT NOT NULL,
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  data      TEXT NOT NULL,
  removed   INTEGER NOT NULL DEFAULT 0, -- what the feed has brought stays visible
  PRIMARY KEY (feed, platform, workspace)
) WITHOUT ROWID;

CREATE TABLE hosts (
  domain TEXT PRIMARY KEY,
  held   INTEGER NOT NULL, -- a request is in flight, at the latest until then
  holder TEXT NOT NULL,
  next   INTEGER NOT NULL  -- nobody may ask the domain before
) WITHOUT ROWID;

CREATE TABLE entries (
  id          TEXT PRIMARY KEY,
  feed        TEXT NOT NULL,
  link_key    TEXT NOT NULL,
  title       TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  published   INTEGER NOT NULL,
  seen        INTEGER NOT NULL,
  stage       TEXT NOT NULL, -- baseline, waiting, read, or the stage that it was skipped at
  reason      TEXT NOT NULL DEFAULT '',
  done        INTEGER NOT NULL DEFAULT 0,
  article     TEXT NOT NULL DEFAULT '',
  body        BLOB NOT NULL
);
CREATE INDEX entries_feed ON entries (feed, seen);
CREATE INDEX entries_link ON entries (link_key);
CREATE INDEX entries_article ON entries (article) WHERE article <> '';
CREATE INDEX entries_seen ON entries (seen);

-- Keys outlive their entry, so that a pruned entry does not come back.
CREATE TABLE entry_keys (
  feed  TEXT NOT NULL,
  key   TEXT NOT NULL,
  entry TEXT NOT NULL,
  PRIMARY KEY (feed, key)
) WITHOUT ROWID;

CREATE TABLE articles (
  id          TEXT PRIMARY KEY,
  entry       TEXT NOT NULL,
  feed        TEXT NOT NULL,
  url         TEXT NOT NULL,
  url_key     TEXT NOT NULL,
  title       TEXT NOT NULL,
  outlet      TEXT NOT NULL,
  outlet_type TEXT NOT NULL,
  lang        TEXT NOT NULL,
  access      TEXT NOT NULL,
  relevant    INTEGER NOT NULL,
  published   INTEGER NOT NULL, -- when the article gives none: when it was fetched
  fetched     INTEGER NOT NULL,
  version     INTEGER NOT NULL DEFAULT 1,
  story       TEXT NOT NULL DEFAULT '',
  seq         INTEGER NOT NULL DEFAULT 0, -- of the grouping that put it where it is
  grouped     INTEGER NOT NULL DEFAULT 0,
  features    BLOB NOT NULL,
  body        BLOB NOT NULL
);
CREATE INDEX articles_story ON articles (story, published);
CREATE INDEX articles_seq ON articles (seq);
CREATE INDEX articles_grouped ON articles (grouped);
-- Features are dropped when they are old.
CREATE INDEX articles_features ON articles (grouped) WHERE length(features) > 0;
CREATE INDEX articles_published ON articles (published);
CREATE INDEX articles_url ON articles (url_key);

CREATE TABLE article_versions (
  article  TEXT NOT NULL,
  version  INTEGER NOT NULL,
  replaced INTEGER NOT NULL,
  body     BLOB NOT NULL,
  packed   BLOB NOT NULL, -- the text
  PRIMARY KEY (article, version)
);

CREATE TABLE stories (
  id      TEXT PRIMARY KEY,
  first   INTEGER NOT NULL,
  latest  INTEGER NOT NULL,
  changed INTEGER NOT NULL
);
CREATE INDEX stories_changed ON stories (changed);

-- Stories that were merged into another keep their name as an alias.
CREATE TABLE story_aliases (alias TEXT PRIMARY KEY, story TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX story_aliases_story ON story_aliases (story);

CREATE TABLE subscriptions (
  id        TEXT PRIMARY KEY,
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel   TEXT NOT NULL,
  next      INTEGER NOT NULL, -- 0 while it is paused
  data      TEXT NOT NULL
);
CREATE INDEX subscriptions_place ON subscriptions (platform, workspace, channel);
CREATE INDEX subscriptions_due ON subscriptions (next) WHERE next > 0;

CREATE TABLE editions (
  id           TEXT PRIMARY KEY,
  subscription TEXT NOT NULL,
  due          INTEGER NOT NULL,
  made         INTEGER NOT NULL,
  data         TEXT NOT NULL
);
CREATE INDEX editions_subscription ON editions (subscription, due);

CREATE TABLE edition_stories (
  story   TEXT NOT NULL,
  edition TEXT NOT NULL,
  PRIMARY KEY (story, edition)
) WITHOUT ROWID;
CREATE INDEX edition_stories_edition ON edition_stories (edition);

CREATE TABLE alerts (
  id        TEXT PRIMARY KEY,
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  person    TEXT NOT NULL,
  next      INTEGER NOT NULL,
  data      TEXT NOT NULL
);
CREATE INDEX alerts_owner ON alerts (platform, workspace, person);
CREATE INDEX alerts_due ON alerts (next) WHERE next > 0;

CREATE TABLE hits (
  alert   TEXT NOT NULL,
  story   TEXT NOT NULL,
  article TEXT NOT NULL,
  at      INTEGER NOT NULL,
  held    INTEGER NOT NULL,
  data    TEXT NOT NULL,
  PRIMARY KEY (alert, story, article)
) WITHOUT ROWID;

CREATE TABLE settings (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  person    TEXT NOT NULL,
  data      TEXT NOT NULL,
  PRIMARY KEY (platform, workspace, person)
) WITHOUT ROWID;

CREATE TABLE muted (
  platform  TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel   TEXT NOT NULL,
  story     TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (platform, workspace, channel, story)
) WITHOUT ROWID;

CREATE TABLE commands (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX commands_at ON commands (at);

CREATE TABLE outbox (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  key       TEXT NOT NULL UNIQUE,
  lane      TEXT NOT NULL,
  after_key TEXT NOT NULL,
  edition   TEXT NOT NULL,
  state     TEXT NOT NULL, -- waiting, sending, sent, lost, refused, unsure
  put       INTEGER NOT NULL,
  due       INTEGER NOT NULL,
  attempt   INTEGER NOT NULL DEFAULT 0,
  doubt     INTEGER NOT NULL DEFAULT 0, -- 1 when an attempt ended without an outcome: it may have got through
  first     INTEGER NOT NULL DEFAULT 0,
  settled   INTEGER NOT NULL DEFAULT 0,
  receipt   TEXT NOT NULL DEFAULT '{}',
  detail    TEXT NOT NULL DEFAULT '',
  delivery  BLOB NOT NULL
);
CREATE INDEX outbox_open ON outbox (lane, seq) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_due ON outbox (due) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_after ON outbox (after_key) WHERE after_key <> '';
CREATE INDEX outbox_edition ON outbox (edition) WHERE edition <> '';
CREATE INDEX outbox_settled ON outbox (settled) WHERE settled > 0;

-- A lane with a claim that is not settled. The claim is void after "held".
CREATE TABLE lanes (
  lane TEXT PRIMARY KEY,
  key  TEXT NOT NULL,
  held INTEGER NOT NULL
) WITHOUT ROWID;
