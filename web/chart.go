package web

import (
	"context"
	"time"
)

// topicChart is how many stories of a topic began on each day of a month.
type topicChart struct {
	Topic string     `json:"topic"`
	Total int        `json:"total"`
	Days  []dayCount `json:"days"`

	Most dayCount `json:"-"`
	Bars []bar    `json:"-"`
}

type dayCount struct {
	Day     string `json:"day"`
	Stories int    `json:"stories"`

	Date time.Time `json:"-"`
}

// bar is one day in the drawing, in its units.
type bar struct {
	X, Y, Height float64
	Count        dayCount
}

// The drawing: a column for each day, as high as the busiest day of the busiest
// topic is.
const (
	chartColumn = 20
	chartHeight = 64
	barWidth    = 14
)

// Width is the drawing's.
func (c topicChart) Width() int { return chartColumn * len(c.Days) }

// chart is a row of bars for each topic, all on one scale, of the month of at.
func (m *Room) chart(ctx context.Context, at time.Time) ([]topicChart, error) {
	var days []time.Time
	for d := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, m.o.Zone); ; d = d.AddDate(0, 0, 1) {
		if days = append(days, d); d.Month() != at.Month() {
			break
		}
	}
	counts, err := m.charts.get(ctx, days[0].Unix(), func(ctx context.Context) ([]map[string]int, error) { return m.o.Store.TopicDays(ctx, days) })
	if err != nil {
		return nil, err
	}
	most := 1
	for _, day := range counts {
		for _, t := range m.o.Topics {
			most = max(most, day[t])
		}
	}
	var charts []topicChart
	for _, t := range m.o.Topics {
		c := topicChart{Topic: t}
		for i, day := range counts {
			n := dayCount{days[i].Format(time.DateOnly), day[t], days[i]}
			c.Days = append(c.Days, n)
			c.Total += n.Stories
			if n.Stories > c.Most.Stories {
				c.Most = n
			}
			if height := float64(n.Stories) / float64(most) * chartHeight; n.Stories > 0 {
				height = max(height, 2)
				c.Bars = append(c.Bars, bar{X: float64(i*chartColumn) + (chartColumn-barWidth)/2, Y: chartHeight - height, Height: height, Count: n})
			}
		}
		if c.Total > 0 {
			charts = append(charts, c)
		}
	}
	return charts, nil
}
