package store_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"hanwire/bot"
	"hanwire/store"
)

// TestSealed keeps, replaces, copies and drops bytes of every value.
func TestSealed(t *testing.T) {
	each(t, func(t *testing.T, engine string) {
		s := open(t, store.Options{DSN: newDSN(t, engine)})
		ctx := t.Context()
		absent := func(what, name string) {
			t.Helper()
			if v, err := s.Sealed(ctx, name); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%s: Sealed(%q) = %q, %v, want bot.ErrNotFound", what, name, v, err)
			}
		}
		absent("before", "slack/T1")
		every := make([]byte, 256)
		for i := range every {
			every[i] = byte(i)
		}
		ok(t, s.SaveSealed(ctx, "slack/T1", []byte("first")))
		ok(t, s.SaveSealed(ctx, "slack/T1", every))
		ok(t, s.SaveSealed(ctx, "slack/T2", []byte("other")))
		ok(t, s.SaveSealed(ctx, "slackline/T3", []byte("a longer prefix")))
		if got := must(s.SealedNames(ctx, "slack/"))(t); !slices.Equal(got, []string{"slack/T1", "slack/T2"}) {
			t.Errorf("SealedNames = %q", got)
		}
		if got := must(s.Sealed(ctx, "slack/T1"))(t); !bytes.Equal(got, every) {
			t.Errorf("Sealed = %x, want %x", got, every)
		}

		copied := open(t, store.Options{DSN: newDSN(t, engine)})
		must(store.Copy(ctx, s, copied))(t)
		if got := must(copied.Sealed(ctx, "slack/T1"))(t); !bytes.Equal(got, every) {
			t.Errorf("in a copy, Sealed = %x, want %x", got, every)
		}

		ok(t, s.DropSealed(ctx, "slack/T1"))
		ok(t, s.DropSealed(ctx, "slack/T1"))
		absent("dropped", "slack/T1")
		if got := must(s.Sealed(ctx, "slack/T2"))(t); string(got) != "other" {
			t.Errorf("beside a dropped one, Sealed = %q, want %q", got, "other")
		}
	})
}
