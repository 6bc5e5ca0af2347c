package web

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hanwire/bot"
)

// speakersView is the index of speakers: the most quoted, or those of a name.
type speakersView struct {
	Name     string        `json:"name,omitempty"`
	Speakers []speakerLine `json:"speakers"`
}

type speakerLine struct {
	Name   string   `json:"name"`
	Also   []string `json:"also,omitempty"`
	Quotes int      `json:"quotes"`
}

const (
	maxSpeakers = 120
	maxName     = 100 // characters of a name that is looked for
	maxAlso     = 4   // other spellings in the index
)

func (m *Room) speakers(ctx context.Context, r *request) (*content, error) {
	v := speakersView{Name: firstOf(bot.OneLine(r.URL.Query().Get("name")), maxName), Speakers: []speakerLine{}}
	list, err := m.o.Store.Speakers(ctx, r.by.place(), v.Name, maxSpeakers)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		line := speakerLine{Name: bot.OneLine(s.Name), Quotes: s.Quotes}
		line.Also = others(s.Names, s.Name, maxAlso)
		v.Speakers = append(v.Speakers, line)
	}
	return &content{name: "speakers", nav: "speakers", title: m.pages.say(r.lang, "speakers.title"), data: v}, nil
}

// others are the spellings besides a name, at most n.
func others(names []string, name string, n int) []string {
	var list []string
	for _, s := range names {
		if s = bot.OneLine(s); s != name && s != "" && !slices.Contains(list, s) && len(list) < n {
			list = append(list, s)
		}
	}
	return list
}

func firstOf(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// speakerView is a speaker's profile.
type speakerView struct {
	Name   string      `json:"name"`
	Also   []string    `json:"also,omitempty"`
	Quotes int         `json:"quotes"`
	First  time.Time   `json:"first,omitzero"`
	Last   time.Time   `json:"last,omitzero"`
	Roles  []roleView  `json:"roles"`
	Topics []string    `json:"topics"`
	Latest []quoteView `json:"latest"`
	All    string      `json:"-"` // the query that finds all quotes
}

type roleView struct {
	Role  string    `json:"role"`
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Count int       `json:"count"`
}

func (m *Room) speaker(ctx context.Context, r *request) (*content, error) {
	name := r.PathValue("name")
	if len([]rune(name)) > maxName {
		return nil, errNotFound
	}
	p, err := m.o.Store.Speaker(ctx, name, r.by.place())
	if err == nil && p.Quotes == 0 {
		err = errNotFound
	}
	if errors.Is(err, bot.ErrNotFound) {
		err = errNotFound
	}
	if err != nil {
		return nil, err
	}
	v := speakerView{
		Name: bot.OneLine(p.Name), Also: others(p.Names, p.Name, 12), Quotes: p.Quotes, First: p.First, Last: p.Last, Topics: p.Topics,
		All: strings.ReplaceAll(p.Name, `"`, " "),
	}
	for _, role := range p.Roles {
		v.Roles = append(v.Roles, roleView{bot.OneLine(role.Role), role.First, role.Last, role.Count})
	}
	for _, q := range p.Latest {
		v.Latest = append(v.Latest, m.quoteFound(q))
	}
	return &content{name: "speaker", nav: "speakers", title: v.Name, data: v}, nil
}
