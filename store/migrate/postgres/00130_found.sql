-- What makes look-ups in a large archive fast.

-- +goose Up
-- The story that the document's article is in, so that a search reads it with
-- the text.
ALTER TABLE documents ADD COLUMN story TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE documents SET story = a.story FROM articles a WHERE a.id = article;

-- The words of each spelling of a speaker's name.
CREATE TABLE speaker_words (word TEXT COLLATE "C" NOT NULL, name BIGINT NOT NULL, PRIMARY KEY (word, name));
INSERT INTO speaker_words (word, name)
  SELECT DISTINCT w.word, n.id FROM speaker_names n, regexp_split_to_table(n.folded, ' ') AS w (word) WHERE w.word <> '';

-- Those whose text is still kept, to be dropped in its time.
CREATE INDEX articles_texts ON articles (grouped) WHERE access NOT IN ('quotes only', 'no text');

-- A quote is a span of the text that is kept.
ALTER TABLE quotes DROP COLUMN text;
