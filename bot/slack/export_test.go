package slack

import (
	"encoding/json"
	"time"
)

// PingWithin is how long a connection may be silent. It is set before Listen.
func (c *Client) PingWithin(d time.Duration) { c.pingWithin = d }

// Understands reports whether the adapter reads events of a type.
func Understands(event string) bool {
	p := eventPayload{TeamID: "T"}
	p.Event.Type, p.Event.Tab, p.Event.Tokens.Bot = event, "home", []string{"U"}
	p.Event.Channel = json.RawMessage(`"C"`)
	_, ok := p.request()
	return ok
}
