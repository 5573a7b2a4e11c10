package submission

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
)

// A network is what shares one part of the room for uploads and drafts: a /24 of IPv4 and a /56 of IPv6, which is what
// one customer is given, or what whoever rents addresses gets together.
const (
	networkBits4 = 24
	networkBits6 = 56
)

// networkOf is the network of an address; all that cannot be read are one network.
func networkOf(from netip.Addr) netip.Prefix {
	from = from.Unmap().WithZone("")
	bits := networkBits6
	if from.Is4() {
		bits = networkBits4
	}
	p, err := from.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// senders names networks for the database without telling them. Its key is drawn when the process starts and is kept
// nowhere else, so that rows of one network can be counted and nobody can tell which network it is. After a restart the
// same network has another name; its older drafts then count as those of somebody else.
type senders struct{ key []byte }

func newSenders() senders {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return senders{key}
}

func (s senders) name(from netip.Addr) []byte {
	sum := hmac.New(sha256.New, s.key)
	sum.Write([]byte(networkOf(from).String()))
	return sum.Sum(nil)[:8]
}
