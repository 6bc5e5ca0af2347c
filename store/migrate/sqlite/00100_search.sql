-- What searches look at. A document is an article, a quote belongs to one.
-- Both are numbered by time: days since 1970, times 65,536, and a count within
-- the day; a quote by its document's number, times 1,024, and its place in the
-- article. So the newest come first without sorting, a span of dates is a span
-- of numbers, and the index, which keeps differences of numbers, stays small.

-- +goose Up
CREATE TABLE documents (
  doc         INTEGER PRIMARY KEY,
  article     TEXT NOT NULL UNIQUE,
  published   INTEGER NOT NULL, -- as the article says, 0 when it does not
  at          INTEGER NOT NULL, -- the same, or else when it was fetched
  outlet      TEXT NOT NULL,
  outlet_type TEXT NOT NULL,
  lang        TEXT NOT NULL,
  topics      TEXT NOT NULL, -- one a line
  speakers    TEXT NOT NULL, -- names, keys and roles, one a line
  title       TEXT NOT NULL,
  packed      BLOB NOT NULL -- the text
);

-- Terms come ready made, with marks before those of fields; the tokenizer only
-- parts them at spaces. Positions are not kept: what the index finds is matched
-- again in memory.
CREATE VIRTUAL TABLE document_terms USING fts5(terms, content='', contentless_delete=1, detail=none, prefix='3',
  tokenize="ascii tokenchars '^+@#~%&.-_'");

CREATE TABLE quotes (
  doc         INTEGER PRIMARY KEY,
  start_byte  INTEGER NOT NULL,
  end_byte    INTEGER NOT NULL,
  kind        INTEGER NOT NULL, -- 0 direct, 1 mixed, 2 indirect
  spoken      INTEGER NOT NULL, -- number of the speaker's spelling, 0 for nobody
  role        INTEGER NOT NULL, -- number of the speaker's role, 0 for none
  is_key      INTEGER NOT NULL,
  text        TEXT NOT NULL
);
-- The number of a row stands in each index, so that a speaker's are in order.
CREATE INDEX quotes_spoken ON quotes (spoken) WHERE spoken > 0;

CREATE VIRTUAL TABLE quote_terms USING fts5(terms, content='', contentless_delete=1, detail=none, prefix='3',
  tokenize="ascii tokenchars '^+@#~%&.-_'");

-- The spellings of each speaker, with how many quotes have them. A person is a
-- key of the gazetteer, or "~" and the folded name.
CREATE TABLE speaker_names (
  id     INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  name   TEXT NOT NULL,
  folded TEXT NOT NULL,
  quotes INTEGER NOT NULL,
  UNIQUE (person, name)
);
CREATE INDEX speaker_names_folded ON speaker_names (folded, quotes);

-- The roles in which each speaker was quoted.
CREATE TABLE speaker_roles (
  id     INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  role   TEXT NOT NULL,
  quotes INTEGER NOT NULL,
  first  INTEGER NOT NULL, -- number of the first and the last such quote
  last   INTEGER NOT NULL,
  UNIQUE (person, role)
);
