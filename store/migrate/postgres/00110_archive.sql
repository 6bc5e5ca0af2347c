-- What the reading room lists: editions by time and place, stories by day and
-- topic, speakers by how much they are quoted.

-- +goose Up
-- Where an edition was posted; the subscription may be gone by now.
ALTER TABLE editions ADD COLUMN platform TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN workspace TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN channel TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE editions SET platform = s.platform, workspace = s.workspace, channel = s.channel
  FROM subscriptions s WHERE s.id = subscription;
CREATE INDEX editions_due ON editions (due);

-- The topics of those of its articles that everybody may see, one a line.
ALTER TABLE stories ADD COLUMN topics TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE stories SET topics = coalesce((SELECT string_agg(topics, chr(10)) FROM (SELECT DISTINCT d.topics
  FROM articles a JOIN documents d ON d.article = a.id WHERE a.story = stories.id AND d.topics <> ''
  AND EXISTS (SELECT 1 FROM entries e JOIN feed_places p ON p.feed = e.feed WHERE e.article = a.id AND p.platform = '')) AS t), '');
CREATE INDEX stories_first ON stories (first) WHERE topics <> '';

-- Most are quoted once or twice and never head a list.
CREATE INDEX speaker_names_quotes ON speaker_names (quotes) WHERE quotes > 3;
