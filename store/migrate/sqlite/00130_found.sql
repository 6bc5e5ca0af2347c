-- What makes look-ups in a large archive fast.

-- +goose Up
-- The story that the document's article is in, so that a search reads it with
-- the text.
ALTER TABLE documents ADD COLUMN story TEXT NOT NULL DEFAULT '';
UPDATE documents SET story = coalesce((SELECT story FROM articles WHERE id = article), '');

-- The words of each spelling of a speaker's name.
CREATE TABLE speaker_words (word TEXT NOT NULL, name INTEGER NOT NULL, PRIMARY KEY (word, name)) WITHOUT ROWID;
WITH RECURSIVE cut (name, word, rest) AS (
  SELECT id, '', folded || ' ' FROM speaker_names
  UNION ALL SELECT name, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1) FROM cut WHERE rest <> '')
INSERT OR IGNORE INTO speaker_words (word, name) SELECT word, name FROM cut WHERE word <> '';

-- Those whose text is still kept, to be dropped in its time.
CREATE INDEX articles_texts ON articles (grouped) WHERE access NOT IN ('quotes only', 'no text');

-- A quote is a span of the text that is kept.
ALTER TABLE quotes DROP COLUMN text;
