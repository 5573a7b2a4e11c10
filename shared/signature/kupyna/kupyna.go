// Package kupyna is the hash function of ДСТУ 7564:2014, Купина, with 256, 384 and 512 bits. Imports the standard library only.
package kupyna

import (
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// Sizes of the hash in octets.
const (
	Size256 = 32
	Size384 = 48
	Size512 = 64
)

const (
	narrow = 8  // columns of eight octets, for hashes to 256 bits
	wide   = 16 // and for longer ones
)

// vector is the first row of the circulant matrix that mixes a column.
var vector = [8]byte{1, 1, 5, 1, 8, 6, 7, 4}

// mixed[row][b] is the column that octet b of that row becomes, substituted and multiplied by the matrix.
var mixed = func() (t [8][256]uint64) {
	for row := range 8 {
		box, err := hex.DecodeString(boxes[row%4])
		if err != nil || len(box) != 256 {
			panic("kupyna: a substitution is not whole")
		}
		for b := range 256 {
			for out := range 8 {
				t[row][b] |= uint64(multiply(box[b], vector[(8+row-out)%8])) << (8 * out)
			}
		}
	}
	return t
}()

// multiply is a·b in GF(2⁸) modulo x⁸ + x⁴ + x³ + x² + 1.
func multiply(a, b byte) (product byte) {
	for ; b != 0; b >>= 1 {
		if b&1 == 1 {
			product ^= a
		}
		high := a & 0x80
		a <<= 1
		if high != 0 {
			a ^= 0x1d
		}
	}
	return product
}

type state [wide]uint64

type digest struct {
	size    int
	columns int
	h       state
	block   [8 * wide]byte
	filled  int
	length  uint64 // octets
}

// New256 is a hash of 256 bits.
func New256() hash.Hash { return create(Size256, narrow) }

// New384 is a hash of 384 bits.
func New384() hash.Hash { return create(Size384, wide) }

// New512 is a hash of 512 bits.
func New512() hash.Hash { return create(Size512, wide) }

func create(size, columns int) hash.Hash {
	d := &digest{size: size, columns: columns}
	d.Reset()
	return d
}

func (d *digest) Size() int      { return d.size }
func (d *digest) BlockSize() int { return 8 * d.columns }

func (d *digest) Reset() {
	d.h = state{uint64(d.BlockSize())} //nolint:gosec // 64 or 128
	d.filled, d.length = 0, 0
}

func (d *digest) Write(p []byte) (int, error) {
	d.length += uint64(len(p))
	written := len(p)
	for len(p) > 0 {
		n := copy(d.block[d.filled:d.BlockSize()], p)
		d.filled += n
		p = p[n:]
		if d.filled == d.BlockSize() {
			d.compress()
			d.filled = 0
		}
	}
	return written, nil
}

// compress is h ⊕ T⊕(h ⊕ m) ⊕ T⁺(m).
func (d *digest) compress() {
	var both, block state
	for i := range d.columns {
		block[i] = binary.LittleEndian.Uint64(d.block[8*i:])
		both[i] = d.h[i] ^ block[i]
	}
	d.transform(&both, exclusive)
	d.transform(&block, sum)
	for i := range d.columns {
		d.h[i] ^= both[i] ^ block[i]
	}
}

// exclusive adds the round's constants of T⊕.
func exclusive(s *state, columns, round int) {
	for i := range columns {
		s[i] ^= uint64(i<<4 ^ round) //nolint:gosec // below 256
	}
}

// sum adds the round's constants of T⁺.
func sum(s *state, columns, round int) {
	for i := range columns {
		s[i] += 0x00f0f0f0f0f0f0f3 | uint64((columns-1-i)<<4^round)<<56 //nolint:gosec // below 256
	}
}

// transform is T⊕ or T⁺ according to the constants that are added.
func (d *digest) transform(s *state, constants func(s *state, columns, round int)) {
	rounds, last, mask := 10, 7, d.columns-1 // last is by how many columns the last row moves to the right; row i moves by i
	if d.columns == wide {
		rounds, last = 14, 11
	}
	for round := range rounds {
		constants(s, d.columns, round)
		in := *s
		for i := range d.columns {
			s[i] = mixed[0][byte(in[i])] ^
				mixed[1][byte(in[(i-1)&mask]>>8)] ^
				mixed[2][byte(in[(i-2)&mask]>>16)] ^
				mixed[3][byte(in[(i-3)&mask]>>24)] ^
				mixed[4][byte(in[(i-4)&mask]>>32)] ^
				mixed[5][byte(in[(i-5)&mask]>>40)] ^
				mixed[6][byte(in[(i-6)&mask]>>48)] ^
				mixed[7][byte(in[(i-last)&mask]>>56)]
		}
	}
}

// Sum appends the hash of what was written, and leaves the state as it is.
func (d *digest) Sum(b []byte) []byte {
	c := *d
	c.pad()
	last := c.h
	c.transform(&last, exclusive)
	out := make([]byte, c.BlockSize())
	for i := range c.columns {
		binary.LittleEndian.PutUint64(out[8*i:], last[i]^c.h[i])
	}
	return append(b, out[len(out)-c.size:]...)
}

// pad writes a one, zeros, and the length in bits as 96 bits with the lowest octet first.
func (d *digest) pad() {
	var length [12]byte
	binary.LittleEndian.PutUint64(length[:], d.length<<3)
	binary.LittleEndian.PutUint32(length[8:], uint32(d.length>>61)) //nolint:gosec // three bits
	zeros := d.BlockSize() - (d.filled+1+len(length))%d.BlockSize()
	tail := make([]byte, 1+zeros%d.BlockSize(), 1+d.BlockSize()+len(length))
	tail[0] = 0x80
	_, _ = d.Write(append(tail, length[:]...)) // Write of a hash never fails
}
