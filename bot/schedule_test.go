package bot_test

import (
	"testing"
	"time"

	"hanwire/bot"
)

const (
	mon = bot.Days(1 << time.Monday)
	wed = bot.Days(1 << time.Wednesday)
	sun = bot.Days(1 << time.Sunday)
)

func TestNextDue(t *testing.T) {
	for _, c := range []struct {
		name, after, hour, zone string
		days                    bot.Days
		want                    string
	}{
		{"later today", "2026-02-23T06:00+09:00", "08:00", "Asia/Seoul", 0, "2026-02-23T08:00+09:00"},
		{"just now is over", "2026-02-23T08:00+09:00", "08:00", "Asia/Seoul", 0, "2026-02-24T08:00+09:00"},
		{"a second before", "2026-02-23T07:59+09:00", "08:00", "Asia/Seoul", 0, "2026-02-23T08:00+09:00"},
		{"only Wednesdays", "2026-02-25T08:00+09:00", "08:00", "Asia/Seoul", wed, "2026-03-04T08:00+09:00"},
		{"Mondays and Wednesdays", "2026-02-23T09:00+09:00", "08:00", "Asia/Seoul", mon | wed, "2026-02-25T08:00+09:00"},
		{"the zone's day, not UTC's", "2026-02-22T20:00+00:00", "08:00", "Asia/Seoul", mon, "2026-02-23T08:00+09:00"},
		{"over the new year", "2026-12-31T09:00+09:00", "08:00", "Asia/Seoul", 0, "2027-01-01T08:00+09:00"},
		{"29 February", "2028-02-28T09:00+09:00", "08:00", "Asia/Seoul", 0, "2028-02-29T08:00+09:00"},

		{"Berlin, into summer time", "2026-03-28T08:00+01:00", "08:00", "Europe/Berlin", 0, "2026-03-29T08:00+02:00"},
		{"Berlin, the hour that is skipped", "2026-03-28T12:00+01:00", "02:30", "Europe/Berlin", 0, "2026-03-29T03:30+02:00"},
		{"Berlin, the day after the skip", "2026-03-29T03:30+02:00", "02:30", "Europe/Berlin", 0, "2026-03-30T02:30+02:00"},
		{"Berlin, out of summer time", "2026-10-24T08:00+02:00", "08:00", "Europe/Berlin", 0, "2026-10-25T08:00+01:00"},
		{"Berlin, the hour that comes twice", "2026-10-24T12:00+02:00", "02:30", "Europe/Berlin", 0, "2026-10-25T02:30+02:00"},
		{"Berlin, between the two", "2026-10-25T02:30+02:00", "02:30", "Europe/Berlin", 0, "2026-10-26T02:30+01:00"},
		{"Berlin, in the second of the two", "2026-10-25T02:45+01:00", "02:30", "Europe/Berlin", 0, "2026-10-26T02:30+01:00"},
		{"New York, the hour that is skipped", "2026-03-07T12:00-05:00", "02:15", "America/New_York", 0, "2026-03-08T03:15-04:00"},
		{"New York, the hour that comes twice", "2026-10-31T12:00-04:00", "01:30", "America/New_York", 0, "2026-11-01T01:30-04:00"},
		{"Sao Paulo, midnight is skipped", "2018-11-03T12:00-03:00", "00:00", "America/Sao_Paulo", 0, "2018-11-04T01:00-02:00"},
		{"Sao Paulo, only Sundays", "2018-11-03T12:00-03:00", "00:00", "America/Sao_Paulo", sun, "2018-11-04T01:00-02:00"},
		{"Sao Paulo, midnight comes twice", "2018-02-17T12:00-02:00", "23:30", "America/Sao_Paulo", 0, "2018-02-17T23:30-02:00"},
		{"Lord Howe, half an hour is skipped", "2026-10-03T12:00+10:30", "02:15", "Australia/Lord_Howe", 0, "2026-10-04T02:45+11:00"},
		{"Lord Howe, half an hour comes twice", "2026-04-04T12:00+11:00", "01:45", "Australia/Lord_Howe", 0, "2026-04-05T01:45+11:00"},
		{"Apia, a day is skipped", "2011-12-29T12:00-10:00", "08:00", "Pacific/Apia", 0, "2011-12-31T08:00+14:00"},
		{"Seoul has no summer time", "2026-03-28T09:00+09:00", "02:30", "Asia/Seoul", 0, "2026-03-29T02:30+09:00"},
		{"UTC", "2026-03-28T09:00+00:00", "00:00", "UTC", 0, "2026-03-29T00:00+00:00"},
		{"Kathmandu, quarter hours", "2026-03-28T09:00+05:45", "08:00", "Asia/Kathmandu", 0, "2026-03-29T08:00+05:45"},
	} {
		after, err := time.Parse("2006-01-02T15:04Z07:00", c.after)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bot.NextDue(after, c.hour, c.zone, c.days)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s := got.Format("2006-01-02T15:04Z07:00"); s != c.want && got.Format("2006-01-02T15:04-07:00") != c.want {
			t.Errorf("%s: after %s, %s in %s comes %s, want %s", c.name, c.after, c.hour, c.zone, s, c.want)
		}
	}
	for _, c := range [][2]string{{"25:00", "UTC"}, {"", "UTC"}, {"08:00", ""}, {"08:00", "Local"}, {"08:00", "Mars/Olympus"}, {"08:00", "../../etc/passwd"}} {
		if got, err := bot.NextDue(dawn, c[0], c[1], 0); err == nil {
			t.Errorf("hour %q in %q: %s, want an error", c[0], c[1], got)
		}
	}
}

// Every chosen day of ten years has exactly one edition in each zone, in order.
func TestEveryDayHasOneEdition(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, hour := range []string{"00:00", "02:30"} {
			at := time.Date(2010, 1, 1, 12, 0, 0, 0, loc)
			end := at.AddDate(10, 0, 0)
			for at.Before(end) {
				next, err := bot.NextDue(at, hour, zone, 0)
				if err != nil {
					t.Fatal(err)
				}
				// Days between by the calendar: one, or two where a day was skipped.
				gap := next.Sub(at)
				if gap <= 0 || gap > 50*time.Hour || at.Year() > 2010 && gap < 21*time.Hour {
					t.Fatalf("%s in %s: after %s comes %s", hour, zone, at, next)
				}
				at = next
			}
		}
	}
}
