package seal

import "strings"

const bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// bech32 encodes data under the prefix hrp (BIP 173): the spelling in which age takes a key. The age library
// has the same function but keeps it to itself.
func bech32(hrp string, data []byte) string {
	values := regroup(data)
	var b strings.Builder
	b.WriteString(hrp + "1")
	for _, v := range append(values, bech32Checksum(hrp, values)...) {
		b.WriteByte(bech32Alphabet[v])
	}
	return b.String()
}

// regroup turns bytes into groups of five bits, the last one padded with zeros.
func regroup(data []byte) []byte {
	out := make([]byte, 0, (len(data)*8+4)/5)
	acc, bits := uint(0), 0
	for _, b := range data {
		acc, bits = acc<<8|uint(b), bits+8
		for bits >= 5 {
			bits -= 5
			out = append(out, byte(acc>>bits)&31)
		}
		acc &= 1<<bits - 1
	}
	if bits > 0 {
		out = append(out, byte(acc<<(5-bits))&31)
	}
	return out
}

func bech32Checksum(hrp string, values []byte) []byte {
	expanded := make([]byte, 0, 2*len(hrp)+1+len(values)+6)
	for i := range len(hrp) {
		expanded = append(expanded, hrp[i]>>5)
	}
	expanded = append(expanded, 0)
	for i := range len(hrp) {
		expanded = append(expanded, hrp[i]&31)
	}
	expanded = append(append(expanded, values...), make([]byte, 6)...)
	mod := polymod(expanded) ^ 1
	sum := make([]byte, 6)
	for i := range sum {
		sum[i] = byte(mod>>(5*(5-i))) & 31
	}
	return sum
}

func polymod(values []byte) uint32 {
	generators := [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3}
	chk := uint32(1)
	for _, v := range values {
		top := chk >> 25
		chk = (chk&0x1ffffff)<<5 ^ uint32(v)
		for i, g := range generators {
			if top>>i&1 == 1 {
				chk ^= g
			}
		}
	}
	return chk
}
