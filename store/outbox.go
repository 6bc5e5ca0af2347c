package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hanwire/bot"
)

// A row of the outbox is waiting, then sending while somebody holds a claim on
// it, and at last in one of the states of bot.OutcomeState. A row that is found
// sending when nobody holds its lane was claimed by a process that died: it
// may have been sent, and is claimed again with its attempts counted on.
const (
	outWaiting = "waiting"
	outSending = "sending"
)

// putOut puts messages into the outbox and a job for each of their lanes into
// the queue. A key that is there is left alone.
func (s *Store) putOut(ctx context.Context, t *tx, out []bot.Outgoing, edition string) error {
	now := s.now()
	lanes := map[string]bool{}
	for _, o := range out {
		body, err := packDelivery(o.Delivery)
		if err != nil {
			return err
		}
		// What is due at once has no time, so that a clock that is set back does not
		// hold it up.
		n, err := t.exec(ctx, `INSERT INTO outbox (key, lane, after_key, edition, state, put, due, delivery) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (key) DO NOTHING`, o.Key, o.Lane(), o.After, edition, outWaiting, millis(now), millis(o.Due), body)
		if err != nil {
			return err
		}
		// Not unique: a job that runs may have had its last look at the lane. Two
		// at once do no harm, for one of them finds the lane held.
		if n > 0 && !o.Due.After(now) && !lanes[o.Lane()] {
			lanes[o.Lane()] = true
			t.add(deliverJob{o.Lane()}, nil)
		}
	}
	return nil
}

// Enqueue implements [bot.Store].
func (s *Store) Enqueue(ctx context.Context, out []bot.Outgoing) error {
	return s.write(ctx, func(ctx context.Context, t *tx) error { return s.putOut(ctx, t, out, "") })
}

type outRow struct {
	Seq      int64
	Key      string
	AfterKey string
	Attempt  int
	Doubt    int
	State    string
	First    int64
	Due      int64
	Put      int64
	Delivery []byte
}

const outColumns = "seq, key, after_key, attempt, doubt, state, first, due, put, delivery"

var errNothingDue = errors.New("nothing due")

// Claim implements [bot.Store]. The claim is on the disk when it returns. It
// ends with [Store.Settle], or after [Options].Lease when its owner has died.
func (s *Store) Claim(ctx context.Context, lane string, now time.Time) (bot.Outgoing, bool, error) {
	var open int
	err := s.reads.NewRaw("SELECT count(*) FROM outbox WHERE lane = ? AND state IN ('waiting', 'sending') AND due <= ?", lane, millis(now)).Scan(ctx, &open)
	if err != nil {
		return bot.Outgoing{}, false, s.engine.explain(err)
	}
	if open == 0 {
		return bot.Outgoing{}, false, nil
	}
	var o bot.Outgoing
	err = s.commit(ctx, true, func(ctx context.Context, t *tx) error {
		// Holding the lane comes first: what is read before it may be settled by
		// the holder in between.
		n, err := t.exec(ctx, `INSERT INTO lanes (lane, key, held) VALUES (?, '', ?)
			ON CONFLICT (lane) DO UPDATE SET held = excluded.held WHERE lanes.held <= ? OR lanes.held > ?`,
			lane, millis(now.Add(s.lease)), millis(now), millis(now.Add(2*s.lease))) // further off than any other worker's clock explains: the clock was set back
		if err != nil {
			return err
		}
		if n == 0 {
			return errNothingDue
		}
		row, err := nextOut(ctx, t, lane, now)
		if err != nil {
			return err
		}
		o, err = s.outgoing(ctx, t, row, now)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, "UPDATE lanes SET key = ? WHERE lane = ?", row.Key, lane); err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE outbox SET state = ?, attempt = ?, doubt = ?, first = ? WHERE seq = ?", outSending, o.Tries, o.Attempt-1, millis(o.First), row.Seq)
		return err
	})
	if errors.Is(err, errNothingDue) {
		return bot.Outgoing{}, false, nil
	}
	if err != nil {
		return bot.Outgoing{}, false, err
	}
	return o, true, nil
}

// nextOut is the message of a lane that goes next: one that was tried before
// all others, and until it is due none. A message waits for the one that it
// comes after.
func nextOut(ctx context.Context, t *tx, lane string, now time.Time) (outRow, error) {
	var rows []outRow
	err := t.NewRaw("SELECT "+outColumns+" FROM outbox WHERE lane = ? AND state IN ('waiting', 'sending') AND attempt > 0 ORDER BY seq LIMIT 1", lane).Scan(ctx, &rows)
	if err != nil {
		return outRow{}, err
	}
	if len(rows) == 0 {
		err := t.NewRaw("SELECT "+outColumns+` FROM outbox o WHERE lane = ? AND state IN ('waiting', 'sending') AND due <= ?
			AND NOT EXISTS (SELECT 1 FROM outbox a WHERE o.after_key <> '' AND a.key = o.after_key AND a.state IN ('waiting', 'sending'))
			ORDER BY seq LIMIT 1`, lane, millis(now)).Scan(ctx, &rows)
		if err != nil {
			return outRow{}, err
		}
	}
	if len(rows) == 0 || rows[0].Due > millis(now) {
		return outRow{}, errNothingDue
	}
	return rows[0], nil
}

// outgoing is a row as it is handed out, with what it needs of the message
// that it comes after.
func (s *Store) outgoing(ctx context.Context, t *tx, row outRow, now time.Time) (bot.Outgoing, error) {
	d, err := unpackDelivery(row.Delivery)
	if err != nil {
		return bot.Outgoing{}, fmt.Errorf("message %s: %w", row.Key, err)
	}
	o := bot.Outgoing{Delivery: d, After: row.AfterKey, Due: instant(row.Due)}
	o.Tries, o.Attempt = row.Attempt+1, 1
	if row.Doubt > 0 || row.State == outSending {
		o.Attempt = 2 // and so it stays: later attempts that sent nothing say nothing of that one
	}
	if o.First = instant(row.First); o.First.IsZero() {
		o.First = instant(millis(now))
	}
	if o.After == "" {
		return o, nil
	}
	var receipts []string
	if err := t.NewRaw("SELECT receipt FROM outbox WHERE key = ? AND state = 'sent'", o.After).Scan(ctx, &receipts); err != nil {
		return o, err
	}
	if len(receipts) == 0 {
		return o, nil
	}
	var r bot.Receipt
	if err := json.Unmarshal([]byte(receipts[0]), &r); err != nil {
		return o, fmt.Errorf("receipt of %s: %w", o.After, err)
	}
	o.Parent = r.Message
	if o.To.Channel == "" {
		o.To.Channel = r.Channel
	}
	return o, nil
}

// Settle implements [bot.Store]. That a message was sent is true whoever says
// so; any other outcome counts only while the claim holds.
func (s *Store) Settle(ctx context.Context, key string, o bot.Outcome) error {
	receipt, err := toJSON(o.Receipt)
	if err != nil {
		return err
	}
	now := s.now()
	return s.write(ctx, func(ctx context.Context, t *tx) error {
		var lanes []string
		err := error(nil)
		if o.State == bot.Retry {
			err = t.NewRaw("UPDATE outbox SET state = ?, due = ?, detail = ? WHERE key = ? AND state = 'sending' RETURNING lane",
				outWaiting, millis(o.Again), column(o.Detail), key).Scan(ctx, &lanes)
		} else {
			// What has been said need not be kept; that it was said must be.
			err = t.NewRaw(`UPDATE outbox SET state = ?, settled = ?, detail = ?, receipt = ?, delivery = ? WHERE key = ?
				AND (state = 'sending' OR ? = 'sent' AND state <> 'sent') RETURNING lane`,
				string(o.State), millis(now), column(o.Detail), column(receipt), []byte{}, key, string(o.State)).Scan(ctx, &lanes)
		}
		if err != nil {
			return err
		}
		if len(lanes) == 0 {
			return nil
		}
		if _, err := t.exec(ctx, "DELETE FROM lanes WHERE lane = ? AND key = ?", lanes[0], key); err != nil {
			return err
		}
		if o.State == bot.Retry {
			return nil
		}
		var waiting []string
		err = t.NewRaw("SELECT DISTINCT lane FROM outbox WHERE after_key = ? AND state = 'waiting' AND lane <> ?", key, lanes[0]).Scan(ctx, &waiting)
		if err != nil {
			return err
		}
		for _, lane := range waiting {
			t.add(deliverJob{lane}, nil)
		}
		return nil
	})
}

// OutboxCount is how many messages are in a state.
type OutboxCount struct {
	Platform string
	State    string // waiting, sending, or one of bot.OutcomeState
	Count    int
	Oldest   time.Time // when the oldest of them was put in
}

// Outbox counts messages by platform and state.
func (s *Store) Outbox(ctx context.Context) ([]OutboxCount, error) {
	var rows []struct {
		Platform, State string
		Count           int
		Oldest          int64
	}
	err := s.reads.NewRaw("SELECT "+s.engine.platformOf("lane")+" AS platform, state, count(*) AS count, min(put) AS oldest FROM outbox GROUP BY 1, 2 ORDER BY 1, 2").Scan(ctx, &rows)
	list := make([]OutboxCount, 0, len(rows))
	for _, r := range rows {
		list = append(list, OutboxCount{r.Platform, r.State, r.Count, instant(r.Oldest)})
	}
	return list, s.engine.explain(err)
}
