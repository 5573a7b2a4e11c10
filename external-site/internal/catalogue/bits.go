package catalogue

import mathbits "math/bits"

// bits is a set of places in an Index, a bit each.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

// every returns the set of n places.
func every(n int) bits {
	all := newBits(n)
	for i := range all {
		all[i] = ^uint64(0)
	}
	if n%64 != 0 {
		all[len(all)-1] = 1<<(n%64) - 1
	}
	return all
}

func (b bits) add(place int32) { b[place/64] |= 1 << (place % 64) }

func (b bits) has(place int32) bool { return b[place/64]&(1<<(place%64)) != 0 }

// join adds the places of another set.
func (b bits) join(other bits) {
	for i, word := range other {
		b[i] |= word
	}
}

// keep leaves only the places that another set has too.
func (b bits) keep(other bits) {
	for i, word := range other {
		b[i] &= word
	}
}

func (b bits) count() (n int) {
	for _, word := range b {
		n += mathbits.OnesCount64(word)
	}
	return n
}

// countBoth says how many places both sets have.
func (b bits) countBoth(other bits) (n int) {
	for i, word := range other {
		n += mathbits.OnesCount64(b[i] & word)
	}
	return n
}

// slice returns the places from the one with the number offset on, at most limit, in their order.
func (b bits) slice(offset, limit int) (places []int32) {
	for i, word := range b {
		if n := mathbits.OnesCount64(word); n <= offset {
			offset -= n
			continue
		}
		for ; word != 0 && len(places) < limit; word &= word - 1 {
			if offset > 0 {
				offset--
				continue
			}
			places = append(places, int32(i*64+mathbits.TrailingZeros64(word))) //nolint:gosec // of services that fit in memory
		}
		if len(places) == limit {
			return places
		}
	}
	return places
}
