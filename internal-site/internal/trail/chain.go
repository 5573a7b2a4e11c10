package trail

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"
)

// columns are what the hash of an entry covers, in the order and the binary format of PostgreSQL's wire protocol (manual, "Formats and
// Format Codes"), which does not depend on time zone, date style or language.
const columns = `e.id, e.at, e.actor_id, e.actor, e.action, e.object_type, e.object_id, e.centre_id, e.authority_id, e.reason, e.detail`

// Hash is the hash of an entry of the chain: SHA-256 over the hash before, the number, and each column as its length and its bytes.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// chain computes hashes one after the other.
type chain struct {
	seq  int64
	last Hash
	sum  hash.Hash
	head [8]byte
}

// after is a chain that goes on after an entry; seq 0 and the zero hash are its beginning.
func after(seq int64, last Hash) *chain { return &chain{seq: seq, last: last, sum: sha256.New()} }

// missing stands in place of the length of a column that is null.
const missing = 0xFFFFFFFF

// next is the hash of the entry that follows, of which row are the columns.
func (c *chain) next(row [][]byte) Hash {
	c.seq++
	c.sum.Reset()
	c.sum.Write(c.last[:])
	binary.BigEndian.PutUint64(c.head[:], uint64(c.seq)) //nolint:gosec // it counts from 1
	c.sum.Write(c.head[:])
	for _, value := range row {
		length := uint32(missing)
		if value != nil {
			length = uint32(len(value)) //nolint:gosec // PostgreSQL sends no value above 1 GB
		}
		binary.BigEndian.PutUint32(c.head[:4], length)
		c.sum.Write(c.head[:4])
		c.sum.Write(value)
	}
	c.sum.Sum(c.last[:0])
	return c.last
}

// Checkpoint says that the chain had an entry with a number and a hash at a moment. It is signed with Ed25519 (RFC 8032) by a key that is
// kept apart from the database, so that nobody who rules the database alone can make one for another chain.
type Checkpoint struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"` // to the second
	Hash      string    `json:"hash"`
	KeyID     string    `json:"key"`
	Signature []byte    `json:"signature"`
}

// message is what is signed.
func (c Checkpoint) message() []byte {
	m := []byte("portal audit checkpoint 1\n")
	m = binary.BigEndian.AppendUint64(m, uint64(c.Seq))       //nolint:gosec // it counts from 1
	m = binary.BigEndian.AppendUint64(m, uint64(c.At.Unix())) //nolint:gosec // after 1970
	return append(m, c.Hash...)
}

// sign makes the checkpoint of an entry.
func sign(key Key, seq int64, hash Hash, at time.Time) Checkpoint {
	c := Checkpoint{Seq: seq, At: at.UTC().Truncate(time.Second), Hash: hash.String(), KeyID: key.ID()}
	c.Signature = ed25519.Sign(key.private, c.message())
	return c
}

// Holds says whether the signature is one of the key.
func (c Checkpoint) Holds(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, c.message(), c.Signature)
}
