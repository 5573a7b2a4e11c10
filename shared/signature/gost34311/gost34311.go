// Package gost34311 is the hash function of ГОСТ 34.311-95 with the substitution ДКЕ № 1 and the zero start, as signatures in
// Ukraine use it. The standard is that of RFC 5831 (GOST R 34.11-94) with other substitutions. Imports the standard library only.
package gost34311

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// Size of a hash in octets, and of a block.
const Size = 32

// DKE is the long-term key № 1 as certificates carry it: eight rows of sixteen half-octets, the high half first.
var DKE = [64]byte{
	0xa9, 0xd6, 0xeb, 0x45, 0xf1, 0x3c, 0x70, 0x82, 0x80, 0xc4, 0x96, 0x7b, 0x23, 0x1f, 0x5e, 0xad,
	0xf6, 0x58, 0xeb, 0xa4, 0xc0, 0x37, 0x29, 0x1d, 0x38, 0xd9, 0x6b, 0xf0, 0x25, 0xca, 0x4e, 0x17,
	0xf8, 0xe9, 0x72, 0x0d, 0xc6, 0x15, 0xb4, 0x3a, 0x28, 0x97, 0x5f, 0x0b, 0xc1, 0xde, 0xa3, 0x64,
	0x38, 0xb5, 0x64, 0xea, 0x2c, 0x17, 0x9f, 0xd0, 0x12, 0x3e, 0x6d, 0xb8, 0xfa, 0xc5, 0x79, 0x04,
}

// substituted[i][b] is octet i of a word that has b there, substituted and rotated by eleven bits.
var substituted = func() (t [4][256]uint32) {
	box := func(row, v int) uint32 {
		pair := DKE[8*row+v/2]
		if v%2 == 0 {
			return uint32(pair >> 4)
		}
		return uint32(pair & 15)
	}
	for i := range 4 {
		for b := range 256 {
			v := box(2*i, b&15) | box(2*i+1, b>>4)<<4
			t[i][b] = bits.RotateLeft32(v<<(8*i), 11)
		}
	}
	return t
}()

// encrypt is the simple replacement of ГОСТ 28147 of one block under a key of eight words.
func encrypt(key *[8]uint32, block uint64) uint64 {
	low, high := uint32(block), uint32(block>>32) //nolint:gosec // both halves
	step := func(k uint32) {
		v := low + k
		low, high = high^substituted[0][byte(v)]^substituted[1][byte(v>>8)]^substituted[2][byte(v>>16)]^substituted[3][v>>24], low
	}
	for range 3 {
		for i := range 8 {
			step(key[i])
		}
	}
	for i := 7; i >= 0; i-- {
		step(key[i])
	}
	return uint64(low)<<32 | uint64(high)
}

// block is 256 bits, the lowest word first.
type block [4]uint64

func read(b []byte) (v block) {
	for i := range v {
		v[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return v
}

func (v block) xor(w block) block {
	for i := range v {
		v[i] ^= w[i]
	}
	return v
}

// shifted is the transformation A: the words move down, and the highest is the sum of the lowest two.
func (v block) shifted() block { return block{v[1], v[2], v[3], v[0] ^ v[1]} }

// permuted is the transformation P as a key: octet 4i + j of it is octet 8j + i.
func (v block) permuted() (key [8]uint32) {
	for i := range 8 {
		for j := range 4 {
			key[i] |= uint32(byte(v[j]>>(8*i))) << (8 * j)
		}
	}
	return key
}

// third is the constant C₃ of the key generation; C₂ and C₄ are zero.
var third = block{0xff00ff00ff00ff00, 0x00ff00ff00ff00ff, 0xff0000ff00ffff00, 0xff00ffff000000ff}

// step is one step of the hash, χ(m, h).
func step(m, h block) block {
	u, v := h, m
	var s block
	for i := range 4 {
		if i > 0 {
			u = u.shifted()
			if i == 2 {
				u = u.xor(third)
			}
			v = v.shifted().shifted()
		}
		key := u.xor(v).permuted()
		s[i] = encrypt(&key, h[i])
	}
	return mix(h.xor(mix(m.xor(mix(s, 12)), 1)), 61)
}

// mix is the transformation ψ so many times: words of sixteen bits move down, and the highest is a sum of some.
func mix(v block, times int) block {
	for range times {
		top := uint16(v[0]) ^ uint16(v[0]>>16) ^ uint16(v[0]>>32) ^ uint16(v[0]>>48) ^ uint16(v[3]) ^ uint16(v[3]>>48) //nolint:gosec // sixteen bits each
		v[0] = v[0]>>16 | v[1]<<48
		v[1] = v[1]>>16 | v[2]<<48
		v[2] = v[2]>>16 | v[3]<<48
		v[3] = v[3]>>16 | uint64(top)<<48
	}
	return v
}

type digest struct {
	h, sum block
	buffer [Size]byte
	filled int
	length uint64 // octets
}

// New is a hash of 256 bits.
func New() hash.Hash { return new(digest) }

func (d *digest) Size() int      { return Size }
func (d *digest) BlockSize() int { return Size }
func (d *digest) Reset()         { *d = digest{} }

func (d *digest) Write(p []byte) (int, error) {
	d.length += uint64(len(p))
	written := len(p)
	for len(p) > 0 {
		n := copy(d.buffer[d.filled:], p)
		d.filled += n
		p = p[n:]
		if d.filled == Size {
			d.take()
		}
	}
	return written, nil
}

// take hashes the full buffer and adds it to the checksum.
func (d *digest) take() {
	m := read(d.buffer[:])
	d.h = step(m, d.h)
	var carry uint64
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], m[i], carry)
	}
	d.filled = 0
}

// Sum appends the hash of what was written, and leaves the state as it is.
func (d *digest) Sum(b []byte) []byte {
	c := *d
	if c.filled > 0 {
		clear(c.buffer[c.filled:])
		c.take()
	}
	h := step(block{c.length << 3, c.length >> 61}, c.h)
	h = step(c.sum, h)
	for _, w := range h {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return b
}
