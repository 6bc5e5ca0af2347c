package story

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// Vector is a sparse vector of terms: a text seen as weights of hashed terms,
// in order of hash, of length one (or zero, when the text has no terms). The
// hashes and weights do not depend on the process, so a vector may be stored.
// It must not be changed once built.
type Vector []Weight

// Weight is one term of a [Vector]. Weights are multiples of 1/65535, so that
// a vector survives storage bit by bit.
type Weight struct {
	Term  uint32 // text.Hash of the term
	Value float32
}

const weightSteps = math.MaxUint16

// NewVector makes a unit vector of weights; those that are not positive are
// left out.
func NewVector(weights map[uint32]float64) Vector {
	v := make(Vector, 0, len(weights))
	for term, w := range weights {
		if w > 0 {
			v = append(v, Weight{Term: term, Value: float32(w)})
		}
	}
	slices.SortFunc(v, func(a, b Weight) int { return cmp.Compare(a.Term, b.Term) })
	return v.toUnit()
}

// toUnit makes v one of length one.
func (v Vector) toUnit() Vector {
	var squares float64
	for _, w := range v {
		squares += float64(w.Value) * float64(w.Value)
	}
	length := math.Sqrt(squares)
	for i := range v {
		v[i].Value = float32(math.Round(float64(v[i].Value)/length*weightSteps) / weightSteps)
	}
	return v
}

// Dot is the cosine of two vectors, 0 when either is empty.
func (v Vector) Dot(u Vector) float64 {
	var sum float64
	for i, j := 0, 0; i < len(v) && j < len(u); {
		switch {
		case v[i].Term < u[j].Term:
			i++
		case v[i].Term > u[j].Term:
			j++
		default:
			sum += float64(v[i].Value) * float64(u[j].Value)
			i, j = i+1, j+1
		}
	}
	return sum
}

// probe is a vector to be compared with many: a bit, by hash, of each of its
// terms lets most terms of another vector be passed over at once.
type probe struct {
	vector Vector
	bits   [64]uint64
}

func newProbe(v Vector) probe {
	p := probe{vector: v}
	for _, w := range v {
		p.bits[w.Term>>6&63] |= 1 << (w.Term & 63)
	}
	return p
}

// dot is p.vector.Dot(u), to the bit.
func (p *probe) dot(u Vector) float64 {
	v := p.vector
	var sum float64
	for _, w := range u {
		if p.bits[w.Term>>6&63]>>(w.Term&63)&1 == 0 {
			continue
		}
		for len(v) > 0 && v[0].Term < w.Term {
			v = v[1:]
		}
		if len(v) > 0 && v[0].Term == w.Term {
			sum += float64(v[0].Value) * float64(w.Value)
		}
	}
	return sum
}

// shared is how many terms stand in both.
func (v Vector) shared(u Vector) int {
	n := 0
	for i, j := 0, 0; i < len(v) && j < len(u); {
		switch {
		case v[i].Term < u[j].Term:
			i++
		case v[i].Term > u[j].Term:
			j++
		default:
			n++
			i, j = i+1, j+1
		}
	}
	return n
}

const weightBytes = 6 // the hash and the weight, little endian

// MarshalText writes the vector in base64, eight characters a term.
func (v Vector) MarshalText() ([]byte, error) {
	raw := make([]byte, 0, len(v)*weightBytes)
	for _, w := range v {
		raw = binary.LittleEndian.AppendUint32(raw, w.Term)
		raw = binary.LittleEndian.AppendUint16(raw, uint16(math.Round(float64(w.Value)*weightSteps)))
	}
	return base64.RawStdEncoding.AppendEncode(nil, raw), nil
}

// UnmarshalText reads what MarshalText wrote.
func (v *Vector) UnmarshalText(b []byte) error {
	raw, err := base64.RawStdEncoding.AppendDecode(nil, b)
	if err != nil {
		return err
	}
	if len(raw)%weightBytes != 0 {
		return errors.New("term vector is cut short")
	}
	*v = make(Vector, 0, len(raw)/weightBytes)
	for ; len(raw) > 0; raw = raw[weightBytes:] {
		*v = append(*v, Weight{
			Term:  binary.LittleEndian.Uint32(raw),
			Value: float32(float64(binary.LittleEndian.Uint16(raw[4:])) / weightSteps),
		})
	}
	return nil
}
