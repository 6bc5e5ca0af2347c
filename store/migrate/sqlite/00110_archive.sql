-- What the reading room lists: editions by time and place, stories by day and
-- topic, speakers by how much they are quoted.

-- +goose Up
-- Where an edition was posted; the subscription may be gone by now.
ALTER TABLE editions ADD COLUMN platform TEXT NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN workspace TEXT NOT NULL DEFAULT '';
ALTER TABLE editions ADD COLUMN channel TEXT NOT NULL DEFAULT '';
UPDATE editions SET
  platform = coalesce((SELECT platform FROM subscriptions s WHERE s.id = subscription), ''),
  workspace = coalesce((SELECT workspace FROM subscriptions s WHERE s.id = subscription), ''),
  channel = coalesce((SELECT channel FROM subscriptions s WHERE s.id = subscription), '');
CREATE INDEX editions_due ON editions (due);

-- The topics of those of its articles that everybody may see, one a line.
ALTER TABLE stories ADD COLUMN topics TEXT NOT NULL DEFAULT '';
UPDATE stories SET topics = coalesce((SELECT group_concat(topics, char(10)) FROM (SELECT DISTINCT d.topics
  FROM articles a JOIN documents d ON d.article = a.id WHERE a.story = stories.id AND d.topics <> ''
  AND EXISTS (SELECT 1 FROM entries e JOIN feed_places p ON p.feed = e.feed WHERE e.article = a.id AND p.platform = ''))), '');
CREATE INDEX stories_first ON stories (first) WHERE topics <> '';

-- Most are quoted once or twice and never head a list.
CREATE INDEX speaker_names_quotes ON speaker_names (quotes) WHERE quotes > 3;
