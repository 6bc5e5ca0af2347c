package bot_test

import (
	"fmt"
	"testing"
	"time"

	"hanwire/bot"
)

// BenchmarkHandle is the time from a command to its answer, the database
// included: what an acknowledgement waits for at most.
func BenchmarkHandle(b *testing.B) {
	w := newWorld(b)
	w.clock.set(dawn.Add(24 * time.Hour))
	w.publish("fish-en", "fish-ko", "fish-zh", "tariff-en", "missile-en", "soccer-en")
	for _, text := range []string{"help", "latest", "story fish", "search tariff", "quotes", "alert list", "settings"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.bot.Handle(b.Context(), command(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDigestMessages is an edition of 40 stories made into messages.
func BenchmarkDigestMessages(b *testing.B) {
	d := invented()
	for i := range 40 {
		s := d.Stories[0]
		s.ID = fmt.Sprint(i)
		d.Stories = append(d.Stories, s)
	}
	info := inventedInfo(bot.English)
	for b.Loop() {
		bot.DigestMessages(d, info)
	}
}

// BenchmarkAlert is one article matched against 2,000 alerts, none of which it
// is for: what every article that is read costs.
func BenchmarkAlert(b *testing.B) {
	w := newWorld(b)
	w.clock.set(dawn.Add(24 * time.Hour))
	ids := w.publish("tariff-en")
	for i := range 2000 {
		person := bot.Person{Platform: "slack", Workspace: "T1", User: fmt.Sprintf("U%04d", i/10)}
		a := bot.Alert{ID: fmt.Sprintf("a%04d", i), Owner: person, Query: fmt.Sprintf("unheard%04d OR speaker:nobody%d", i, i), Frequency: bot.Immediate, Created: dawn}
		if err := w.store.SaveAlert(b.Context(), a, nil); err != nil {
			b.Fatal(err)
		}
	}
	w.ok(w.bot.Alert(b.Context(), ids)) // which loads them
	for b.Loop() {
		if err := w.bot.Alert(b.Context(), ids); err != nil {
			b.Fatal(err)
		}
	}
}
