package feeds

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	seoul, shanghai := feedZone("Asia/Seoul", ""), feedZone("", "http://www.outlet.cn/rss")
	tests := []struct {
		in   string
		zone *time.Location
		want string // RFC 3339; empty: cannot be read
	}{
		{"Tue, 03 Nov 2026 09:00:00 GMT", time.UTC, "2026-11-03T09:00:00Z"},
		{"Tue, 03 Nov 2026 09:00:00 +0900", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"Tue, 03 Nov 2026 09:00:00 KST", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"Tue, 03 Nov 2026 09:00:00 JST", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"Tue, 03 Nov 2026 09:00:00 GMT+9", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"Tue, 03 Nov 2026 09:00:00 UTC+09:00", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"Tue, 03 Nov 2026 09:00:00 CST", shanghai, "2026-11-03T09:00:00+08:00"},
		{"Tue, 03 Nov 2026 09:00:00 CST", time.UTC, "2026-11-03T09:00:00-06:00"},
		{"Tue, 03 Nov 2026 09:00:00 EST", seoul, "2026-11-03T09:00:00-05:00"},
		{"Tue, 03 Nov 2026 09:00:00", seoul, "2026-11-03T09:00:00+09:00"},
		{"Tue, 03 Nov 2026 9:00 PM", seoul, "2026-11-03T21:00:00+09:00"},
		{"Tue, 3 Nov 26 09:00:00 GMT", time.UTC, "2026-11-03T09:00:00Z"},
		{"3 November 2026", seoul, "2026-11-03T00:00:00+09:00"},
		{"November 3, 2026, 9:05 am", seoul, "2026-11-03T09:05:00+09:00"},
		{"Nov. 3, 2026", time.UTC, "2026-11-03T00:00:00Z"},
		{"Sept 3 2026 10:00", time.UTC, "2026-09-03T10:00:00Z"},
		{"Tue Nov  3 09:00:00 2026", time.UTC, "2026-11-03T09:00:00Z"},
		{"Tuesday, 03-Nov-26 09:00:00 GMT", time.UTC, "2026-11-03T09:00:00Z"},
		{"Wed,14-Dec-2022 11:17:59 GMT", shanghai, "2022-12-14T11:17:59Z"},
		{"Die, 03 Nov 2026 09:00:00 +0100", time.UTC, "2026-11-03T09:00:00+01:00"},
		{"Di, 03 Mär 2026 09:00:00 +0100", time.UTC, "2026-03-03T09:00:00+01:00"},
		{"mar., 03 févr. 2026 09:00", time.UTC, "2026-02-03T09:00:00Z"},
		{"mié, 03 dic 2026 09:00:00 +0100", time.UTC, "2026-12-03T09:00:00+01:00"},
		{"gio, 03 ott 2026 09:00", time.UTC, "2026-10-03T09:00:00Z"},
		{"pt, 03 paź 2026 09:00:00 +0200", time.UTC, "2026-10-03T09:00:00+02:00"},
		{"3. července 2026", time.UTC, "2026-07-03T00:00:00Z"},
		{"Вт, 03 янв 2026 09:00:00 +0300", time.UTC, "2026-01-03T09:00:00+03:00"},
		{"3 мая 2026, 09:00", time.UTC, "2026-05-03T09:00:00Z"},
		{"Πέμ, 03 Ιούλ 2026 09:00:00 EST", time.UTC, "2026-07-03T09:00:00-05:00"},
		{"2026-július-13T9:15-05:00", time.UTC, "2026-07-13T09:15:00-05:00"},
		{"2026-szeptember-3T9:15-05:00", time.UTC, "2026-09-03T09:15:00-05:00"},
		{"화, 03 11월 2026 09:00:00 +0900", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"周二, 03 十一月 2026 09:00:00 +0800", time.UTC, "2026-11-03T09:00:00+08:00"},
		{"Tue, 03 Nov 2026 09:00:00 MEST", time.UTC, "2026-11-03T09:00:00+02:00"},
		{"Tue, 03 Nov 2026 09:00:00 America/New_York", time.UTC, "2026-11-03T09:00:00-05:00"},
		{"Tue, 03 Nov 2026 09:00:00 Eastern Standard Time", time.UTC, "2026-11-03T09:00:00-05:00"},
		{"2026-11-03 09:00:00 China Standard Time", time.UTC, "2026-11-03T09:00:00+08:00"},
		{"2026-11-03T09:00:00+09:00[Asia/Seoul]", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"3.11.2026 09:00", time.UTC, "2026-11-03T09:00:00Z"},
		{"2026110309", seoul, "2026-11-03T09:00:00+09:00"},
		{"3 hours ago", time.UTC, ""},
		{"12 Brumaire 2026", time.UTC, ""},
		{"2026-11-03T09:00:00+09:00", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"2026-11-03T09:00:00.250Z", time.UTC, "2026-11-03T09:00:00Z"},
		{"2026-11-03T09:00", seoul, "2026-11-03T09:00:00+09:00"},
		{"2026-11-03T09:00+0900", time.UTC, "2026-11-03T09:00:00+09:00"},
		{"2026-11-03 09:00", seoul, "2026-11-03T09:00:00+09:00"},
		{"2026-11-03 09:00:00.0", seoul, "2026-11-03T09:00:00+09:00"},
		{"2026-11-03", seoul, "2026-11-03T00:00:00+09:00"},
		{"2026.11.03 09:00", seoul, "2026-11-03T09:00:00+09:00"},
		{"2026.11.3. 오후 9:00", seoul, "2026-11-03T21:00:00+09:00"},
		{"2026/11/03 09:00:10", shanghai, "2026-11-03T09:00:10+08:00"},
		{"20261103", seoul, "2026-11-03T00:00:00+09:00"},
		{"20261103T090000Z", seoul, "2026-11-03T09:00:00Z"},
		{"20261103090000", seoul, "2026-11-03T09:00:00+09:00"},
		{"2026년 11월 3일", seoul, "2026-11-03T00:00:00+09:00"},
		{"2026년 11월 3일 오후 3시 20분", seoul, "2026-11-03T15:20:00+09:00"},
		{"2026년 11월 3일 화요일 09:10", seoul, "2026-11-03T09:10:00+09:00"},
		{"2026年11月3日", shanghai, "2026-11-03T00:00:00+08:00"},
		{"2026年11月03日 星期二 下午3:20", shanghai, "2026-11-03T15:20:00+08:00"},
		{"２０２６年１１月３日 １５時２０分", seoul, "2026-11-03T15:20:00+09:00"},
		{"2026-11", time.UTC, "2026-11-01T00:00:00Z"},
		{"2026", time.UTC, "2026-01-01T00:00:00Z"},
		{"2026-307", time.UTC, "2026-11-03T00:00:00Z"},
		{"1793664000", time.UTC, "2026-11-03T00:00:00Z"},
		{"1793664000000", time.UTC, "2026-11-03T00:00:00Z"},
		{"13/11/2026 10:00", time.UTC, "2026-11-13T10:00:00Z"},
		{"31 Dec 2016 23:59:60 GMT", time.UTC, "2016-12-31T23:59:59Z"},
		{"03/11/2026", time.UTC, ""}, // March or November
		{"31 Feb 2026", time.UTC, ""},
		{"2026-13-01", time.UTC, ""},
		{"yesterday", time.UTC, ""},
		{"", time.UTC, ""},
		{"0000-00-00 00:00:00", time.UTC, ""},
	}
	for _, tt := range tests {
		got, ok := parseDate(tt.in, tt.zone)
		if s := showTime(got); s != tt.want || ok != (tt.want != "") {
			t.Errorf("parseDate(%q, %v) = %s, %v, want %q", tt.in, tt.zone, s, ok, tt.want)
		}
	}
}

func TestFeedZone(t *testing.T) {
	for _, tt := range []struct{ zone, url, want string }{
		{"America/New_York", "http://outlet.kr/", "America/New_York"},
		{"", "http://www.outlet.co.kr/rss", "Asia/Seoul"},
		{"", "http://outlet.com.cn/rss", "Asia/Shanghai"},
		{"", "http://kr.outlet.example/rss", "Asia/Seoul"},
		{"", "http://outlet.example/rss", "UTC"},
		{"Nowhere/Town", "http://outlet.kr/", "UTC"},
	} {
		if got := feedZone(tt.zone, tt.url).String(); got != tt.want {
			t.Errorf("feedZone(%q, %q) = %s, want %s", tt.zone, tt.url, got, tt.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"Tue, 03 Nov 2026 09:00:00 KST", "2026년 11월 3일 오후 3시", "20261103T0900", "1793664000", "9:9:9:9+99:99", "0003A030A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseDate(s, time.UTC)
		if ok != !got.IsZero() || ok && (got.Year() < 1969 || got.Year() > 2300) {
			t.Fatalf("parseDate(%q) = %v, %v", s, got, ok)
		}
	})
}
