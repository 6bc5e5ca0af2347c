package story

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"time"
)

// The binary form of an [Item] is a third of the JSON. The vectors of an item
// share most of their terms, and hashes do not compress: so each hash stands in
// it once, in order, as the difference to the one before, and the vectors say
// which of them they have by a bit each.

var errItem = errors.New("features are damaged")

// AppendBinary appends the item to b, to be read by [Item.UnmarshalBinary].
func (it Item) AppendBinary(b []byte) ([]byte, error) {
	for _, s := range []string{it.ID, it.Outlet, it.VersionOf, it.Script} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	published := int64(math.MinInt64)
	if !it.Published.IsZero() {
		published = it.Published.UnixMicro()
	}
	b = binary.AppendVarint(b, published)
	hashes := slices.Clone(it.Anchors)
	for _, v := range it.vectors() {
		for _, w := range *v {
			hashes = append(hashes, w.Term)
		}
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	b = appendHashes(b, hashes)
	for _, v := range it.vectors() {
		b = appendSubset(b, hashes, func(yield func(uint32) bool) {
			for _, w := range *v {
				if !yield(w.Term) {
					return
				}
			}
		})
		for _, w := range *v {
			b = binary.LittleEndian.AppendUint16(b, uint16(math.Round(float64(w.Value)*weightSteps)))
		}
	}
	b = appendSubset(b, hashes, slices.Values(it.Anchors))
	return appendHashes(b, it.Sketch), nil
}

// UnmarshalBinary reads what AppendBinary wrote.
func (it *Item) UnmarshalBinary(b []byte) error {
	*it = Item{}
	r := itemReader{b: b}
	for _, s := range []*string{&it.ID, &it.Outlet, &it.VersionOf, &it.Script} {
		*s = string(r.bytes(int(min(r.uvarint(), uint64(len(r.b))))))
	}
	if published := r.varint(); published != math.MinInt64 {
		it.Published = time.UnixMicro(published).UTC()
	}
	hashes := r.hashes()
	for _, v := range it.vectors() {
		terms := r.subset(hashes)
		weights := r.bytes(2 * len(terms))
		if r.bad {
			return errItem
		}
		*v = make(Vector, len(terms))
		for i, term := range terms {
			(*v)[i] = Weight{Term: term, Value: float32(float64(binary.LittleEndian.Uint16(weights[2*i:])) / weightSteps)}
		}
	}
	it.Anchors = r.subset(hashes)
	it.Sketch = r.hashes()
	if r.bad || len(r.b) > 0 {
		return errItem
	}
	return nil
}

func (it *Item) vectors() []*Vector {
	return []*Vector{&it.Title, &it.Body, &it.Lead, &it.Names, &it.Numbers, &it.Keys}
}

// appendHashes appends hashes, which are in order.
func appendHashes(b []byte, hashes []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(hashes)))
	last := uint32(0)
	for _, h := range hashes {
		b = binary.AppendUvarint(b, uint64(h-last))
		last = h
	}
	return b
}

// appendSubset appends which of all hashes are in a part of them, both in order.
func appendSubset(b []byte, all []uint32, part func(func(uint32) bool)) []byte {
	bits := make([]byte, (len(all)+7)/8)
	i := 0
	for h := range part {
		for all[i] != h {
			i++
		}
		bits[i/8] |= 1 << (i % 8)
	}
	return append(b, bits...)
}

type itemReader struct {
	b   []byte
	bad bool
}

func (r *itemReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *itemReader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *itemReader) bytes(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *itemReader) hashes() []uint32 {
	n := r.uvarint()
	if n > uint64(len(r.b)) { // each takes a byte at least
		r.bad = true
	}
	if n == 0 || r.bad {
		return nil
	}
	list := make([]uint32, n)
	last := uint64(0)
	for i := range list {
		step := r.uvarint()
		if last += step; step > math.MaxUint32 || last > math.MaxUint32 || step == 0 && i > 0 {
			r.bad = true
			return nil
		}
		list[i] = uint32(last)
	}
	return list
}

func (r *itemReader) subset(all []uint32) []uint32 {
	bits := r.bytes((len(all) + 7) / 8)
	var list []uint32
	for i, h := range all {
		if !r.bad && bits[i/8]&(1<<(i%8)) != 0 {
			list = append(list, h)
		}
	}
	return list
}
