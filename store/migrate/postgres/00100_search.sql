-- What searches look at. A document is an article, a quote belongs to one.
-- Both are numbered by time: days since 1970, times 65,536, and a count within
-- the day; a quote by its document's number, times 1,024, and its place in the
-- article. So the newest come first without sorting, a span of dates is a span
-- of numbers, and the index, which keeps differences of numbers, stays small.

-- +goose Up
-- Terms come ready made, with marks before those of fields, and without
-- positions: what the index finds is matched again in memory.
CREATE TABLE documents (
  doc         BIGINT PRIMARY KEY,
  article     TEXT COLLATE "C" NOT NULL UNIQUE,
  published   BIGINT NOT NULL, -- as the article says, 0 when it does not
  at          BIGINT NOT NULL, -- the same, or else when it was fetched
  outlet      TEXT COLLATE "C" NOT NULL,
  outlet_type TEXT COLLATE "C" NOT NULL,
  lang        TEXT COLLATE "C" NOT NULL,
  topics      TEXT COLLATE "C" NOT NULL, -- one a line
  speakers    TEXT COLLATE "C" NOT NULL, -- names, keys and roles, one a line
  title       TEXT COLLATE "C" NOT NULL,
  packed      BYTEA NOT NULL, -- the text
  terms       TSVECTOR NOT NULL
);
CREATE INDEX documents_terms ON documents USING gin (terms);

CREATE TABLE quotes (
  doc         BIGINT PRIMARY KEY,
  article     TEXT COLLATE "C" NOT NULL,
  start_byte  BIGINT NOT NULL,
  end_byte    BIGINT NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  speaker     TEXT COLLATE "C" NOT NULL,
  speaker_key TEXT COLLATE "C" NOT NULL,
  person      TEXT COLLATE "C" NOT NULL, -- speaker_key, or the folded name
  role        TEXT COLLATE "C" NOT NULL,
  cue         TEXT COLLATE "C" NOT NULL,
  is_key      BIGINT NOT NULL,
  text        TEXT COLLATE "C" NOT NULL,
  terms       TSVECTOR NOT NULL
);
CREATE INDEX quotes_terms ON quotes USING gin (terms);
CREATE INDEX quotes_person ON quotes (person, doc) WHERE person <> '';

-- The spellings of each speaker, with how many quotes have them.
CREATE TABLE speaker_names (
  person TEXT COLLATE "C" NOT NULL,
  name   TEXT COLLATE "C" NOT NULL,
  folded TEXT COLLATE "C" NOT NULL,
  quotes BIGINT NOT NULL,
  PRIMARY KEY (person, name)
);
CREATE INDEX speaker_names_folded ON speaker_names (folded, quotes);

-- The roles in which each speaker was quoted.
CREATE TABLE speaker_roles (
  person TEXT COLLATE "C" NOT NULL,
  role   TEXT COLLATE "C" NOT NULL,
  quotes BIGINT NOT NULL,
  first  BIGINT NOT NULL, -- number of the first and the last such quote
  last   BIGINT NOT NULL,
  PRIMARY KEY (person, role)
);
