package store

import (
	"encoding/json"
	"fmt"

	"hanwire/bot"
)

// delivery is a bot.Delivery as it is kept: JSON cannot tell by itself which
// kind of block it reads.
type delivery struct {
	bot.Delivery
	Message message // in place of Delivery.Message
}

type message struct {
	bot.Message
	Blocks []block // in place of Message.Blocks
}

// block has one field set.
type block struct {
	Heading   *bot.Heading   `json:",omitempty"`
	Text      *bot.Text      `json:",omitempty"`
	Card      *bot.Card      `json:",omitempty"`
	Quotation *bot.Quotation `json:",omitempty"`
	Note      *bot.Note      `json:",omitempty"`
	Divider   *bot.Divider   `json:",omitempty"`
	Buttons   *bot.Buttons   `json:",omitempty"`
	Menu      *bot.Menu      `json:",omitempty"`
}

func packDelivery(d bot.Delivery) ([]byte, error) {
	k := delivery{Delivery: d, Message: message{Message: d.Message}}
	for _, b := range d.Message.Blocks {
		var kept block
		switch b := b.(type) {
		case bot.Heading:
			kept.Heading = &b
		case bot.Text:
			kept.Text = &b
		case bot.Card:
			kept.Card = &b
		case bot.Quotation:
			kept.Quotation = &b
		case bot.Note:
			kept.Note = &b
		case bot.Divider:
			kept.Divider = &b
		case bot.Buttons:
			kept.Buttons = &b
		case bot.Menu:
			kept.Menu = &b
		default:
			return nil, fmt.Errorf("message %s: block of type %T cannot be kept", d.Key, b)
		}
		k.Message.Blocks = append(k.Message.Blocks, kept)
	}
	data, err := json.Marshal(k)
	if err != nil {
		return nil, fmt.Errorf("message %s: %w", d.Key, err)
	}
	return pack(json.RawMessage(data))
}

func unpackDelivery(packed []byte) (bot.Delivery, error) {
	var k delivery
	if err := unpack(packed, &k); err != nil {
		return bot.Delivery{}, err
	}
	d := k.Delivery
	d.Message = k.Message.Message
	for i, b := range k.Message.Blocks {
		switch {
		case b.Heading != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Heading)
		case b.Text != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Text)
		case b.Card != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Card)
		case b.Quotation != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Quotation)
		case b.Note != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Note)
		case b.Divider != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Divider)
		case b.Buttons != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Buttons)
		case b.Menu != nil:
			d.Message.Blocks = append(d.Message.Blocks, *b.Menu)
		default:
			return d, fmt.Errorf("message %s: block %d is of an unknown kind", d.Key, i)
		}
	}
	return d, nil
}
