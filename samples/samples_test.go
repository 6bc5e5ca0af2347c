package samples_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hanwire/samples"
)

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestEveryFeedAndPageIsServed(t *testing.T) {
	s, err := samples.NewServer(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	known := map[string]bool{}
	for _, o := range samples.Outlets() {
		known[o.Key] = true
		res, body := get(t, srv.URL+"/"+o.Key+"/feed")
		if res.StatusCode != 200 {
			t.Errorf("%s feed: status %d", o.Key, res.StatusCode)
		}
		var v any
		if strings.HasPrefix(body, "{") {
			err = json.Unmarshal([]byte(body), &v)
		} else {
			err = xml.Unmarshal([]byte(body), new(struct{}))
		}
		if err != nil {
			t.Errorf("%s feed: %v", o.Key, err)
		}
	}
	articles := s.Articles()
	if len(articles) < 15 {
		t.Errorf("%d articles, want at least 15", len(articles))
	}
	for _, a := range articles {
		if !known[a.Outlet] {
			t.Errorf("%s: no outlet %q", a.Name, a.Outlet)
		}
		res, body := get(t, srv.URL+"/"+a.Outlet+"/"+a.Name)
		if res.StatusCode != 200 || !strings.Contains(body, "are invented") {
			t.Errorf("%s: status %d, or the page does not say that it is invented", a.Name, res.StatusCode)
		}
		if len(a.Paragraphs) == 0 && a.Page == "" {
			t.Errorf("%s: no text", a.Name)
		}
	}
}

func TestUpdateChangesTheFeedAndItsValidator(t *testing.T) {
	s, err := samples.NewServer(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	defer srv.Close()
	res, before := get(t, srv.URL+"/courier/feed")
	tag := res.Header.Get("ETag")
	req, _ := http.NewRequest("GET", srv.URL+"/courier/feed", nil)
	req.Header.Set("If-None-Match", tag)
	if res, err = http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusNotModified {
		t.Fatalf("conditional get: %v, %v; want 304", res, err)
	}
	res.Body.Close()
	s.Update()
	if res, err = http.DefaultClient.Do(req); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("conditional get after the update: %v, %v; want 200", res, err)
	}
	after, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if before == string(after) {
		t.Error("the update did not change the feed")
	}
}
