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
  start_byte  BIGINT NOT NULL,
  end_byte    BIGINT NOT NULL,
  kind        BIGINT NOT NULL, -- 0 direct, 1 mixed, 2 indirect
  spoken      BIGINT NOT NULL, -- number of the speaker's spelling, 0 for nobody
  role        BIGINT NOT NULL, -- number of the speaker's role, 0 for none
  is_key      BIGINT NOT NULL,
  text        TEXT COLLATE "C" NOT NULL,
  terms       TSVECTOR NOT NULL
);
CREATE INDEX quotes_terms ON quotes USING gin (terms);
CREATE INDEX quotes_spoken ON quotes (spoken, doc) WHERE spoken > 0;

-- The spellings of each speaker, with how many quotes have them. A person is a
-- key of the gazetteer, or "~" and the folded name.
CREATE TABLE speaker_names (
  id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  name   TEXT COLLATE "C" NOT NULL,
  folded TEXT COLLATE "C" NOT NULL,
  quotes BIGINT NOT NULL,
  UNIQUE (person, name)
);
CREATE INDEX speaker_names_folded ON speaker_names (folded, quotes);

-- The roles in which each speaker was quoted.
CREATE TABLE speaker_roles (
  id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person TEXT COLLATE "C" NOT NULL,
  role   TEXT COLLATE "C" NOT NULL,
  quotes BIGINT NOT NULL,
  first  BIGINT NOT NULL, -- number of the first and the last such quote
  last   BIGINT NOT NULL,
  UNIQUE (person, role)
);
