package store

import (
	"context"
	"strconv"

	"hanwire/digest"
	"hanwire/feeds"
)

// indexArticle puts the quotes of an article, new or changed, in the place of
// those that were kept for it.
func (s *Store) indexArticle(ctx context.Context, t *tx, a feeds.Article, r digest.Reading) error {
	if err := s.unindexArticle(ctx, t, a.ID); err != nil {
		return err
	}
	for i, q := range r.Quotes {
		_, err := t.exec(ctx, `INSERT INTO quotes (id, article, n, start_byte, end_byte, text, kind, speaker, speaker_key, role, cue, is_key, published)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID+"/"+strconv.Itoa(i), a.ID, i, q.Start, q.End, column(r.Text[q.Start:q.End]), q.Kind.String(), column(q.Speaker), q.SpeakerKey,
			column(q.Role), column(q.Cue), flag(q.Key), millis(published(a)))
		if err != nil {
			return err
		}
	}
	return nil
}

// unindexArticle takes an article out of what indexArticle has filled.
func (s *Store) unindexArticle(ctx context.Context, t *tx, id string) error {
	_, err := t.exec(ctx, "DELETE FROM quotes WHERE article = ?", id)
	return err
}
