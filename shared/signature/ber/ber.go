// Package ber rewrites what programs wrote with the freedoms of BER (lengths that end at a mark, strings in pieces) with definite
// lengths and whole strings, so that everything behind it reads one form. What is DER already comes out octet by octet the same,
// so signatures over parts of it still hold. Imports the standard library only.
package ber

import "errors"

// MaxDepth is how deep values may lie in each other; real signatures need less than twenty.
const MaxDepth = 64

// ErrMalformed says that the octets are not one value of BER, or lie too deep.
var ErrMalformed = errors.New("ber: not one value")

const (
	constructed = 0x20
	octetString = 0x04
)

// Definite rewrites one value. Octets after it are an error. The result is not longer than the input but for lengths: each
// value's grows by four octets at most.
func Definite(in []byte) ([]byte, error) {
	r := reader{in: in}
	out, err := r.value(nil, 0)
	if err != nil {
		return nil, err
	}
	if len(r.in) != 0 {
		return nil, ErrMalformed
	}
	return out, nil
}

type reader struct{ in []byte }

// header is the first octets of a value.
type header struct {
	tag        []byte
	length     int
	indefinite bool
	octets     []byte // as they stood
}

func (h header) constructed() bool { return h.tag[0]&constructed != 0 }

func (r *reader) header() (header, error) {
	in := r.in
	if len(in) < 2 {
		return header{}, ErrMalformed
	}
	tag := 1
	if in[0]&0x1f == 0x1f { // a number in further octets, of which two are enough for anything here
		for tag < len(in) && in[tag]&0x80 != 0 {
			tag++
		}
		tag++
		if tag > 3 || tag >= len(in) {
			return header{}, ErrMalformed
		}
	}
	h := header{tag: in[:tag]}
	first := in[tag]
	at := tag + 1
	switch {
	case first < 0x80:
		h.length = int(first)
	case first == 0x80:
		h.indefinite = true
		if !h.constructed() {
			return header{}, ErrMalformed
		}
	default:
		count := int(first & 0x7f)
		if count > 4 || len(in) < at+count {
			return header{}, ErrMalformed
		}
		for _, b := range in[at : at+count] {
			h.length = h.length<<8 | int(b)
		}
		at += count
	}
	if h.length > len(in)-at {
		return header{}, ErrMalformed
	}
	h.octets = in[:at]
	r.in = in[at:]
	return h, nil
}

// end says whether the mark that ends an indefinite length comes next, and passes it.
func (r *reader) end() bool {
	if len(r.in) >= 2 && r.in[0] == 0 && r.in[1] == 0 {
		r.in = r.in[2:]
		return true
	}
	return false
}

// value appends the next value to out.
func (r *reader) value(out []byte, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, ErrMalformed
	}
	h, err := r.header()
	if err != nil {
		return nil, err
	}
	if !h.constructed() {
		out = append(append(out, h.octets...), r.in[:h.length]...)
		r.in = r.in[h.length:]
		return out, nil
	}
	inside := r
	if !h.indefinite {
		inside = &reader{r.in[:h.length]}
		r.in = r.in[h.length:]
	}
	if h.tag[0] == octetString|constructed {
		whole, err := inside.pieces(nil, h.indefinite, depth+1)
		if err != nil {
			return nil, err
		}
		return append(wrap(out, []byte{octetString}, len(whole)), whole...), nil
	}
	body, err := inside.values(h.indefinite, depth+1)
	if err != nil {
		return nil, err
	}
	if !h.indefinite && len(body) == h.length { // nothing inside had to change its length: keep its own octets
		return append(append(out, h.octets...), body...), nil
	}
	return append(wrap(out, h.tag, len(body)), body...), nil
}

// more says whether another value follows inside one.
func (r *reader) more(indefinite bool) (bool, error) {
	if indefinite {
		if len(r.in) == 0 {
			return false, ErrMalformed
		}
		return !r.end(), nil
	}
	return len(r.in) > 0, nil
}

func (r *reader) values(indefinite bool, depth int) ([]byte, error) {
	body := []byte{}
	for {
		more, err := r.more(indefinite)
		if err != nil || !more {
			return body, err
		}
		if body, err = r.value(body, depth); err != nil {
			return nil, err
		}
	}
}

// pieces appends the octets of the strings that a string is made of.
func (r *reader) pieces(out []byte, indefinite bool, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return nil, ErrMalformed
	}
	for {
		more, err := r.more(indefinite)
		if err != nil || !more {
			return out, err
		}
		h, err := r.header()
		if err != nil || len(h.tag) != 1 || h.tag[0]&^constructed != octetString {
			return nil, ErrMalformed
		}
		switch {
		case h.indefinite:
			out, err = r.pieces(out, true, depth+1)
		case h.constructed():
			out, err = (&reader{r.in[:h.length]}).pieces(out, false, depth+1)
			r.in = r.in[h.length:]
		default:
			out = append(out, r.in[:h.length]...)
			r.in = r.in[h.length:]
		}
		if err != nil {
			return nil, err
		}
	}
}

// wrap appends a tag and the shortest length.
func wrap(out, tag []byte, length int) []byte {
	out = append(out, tag...)
	if length < 0x80 {
		return append(out, byte(length))
	}
	var octets []byte
	for rest := length; rest > 0; rest >>= 8 {
		octets = append([]byte{byte(rest)}, octets...)
	}
	return append(append(out, 0x80|byte(len(octets))), octets...)
}
