package demo

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// namespace keeps the ids of the demo region apart from all others.
var namespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://portal.example/demo-region"))

// idOf is the id of a thing that exists by its name: the same in every load.
func idOf(kind, key string) uuid.UUID {
	return uuid.NewSHA1(namespace, []byte(kind+"/"+key))
}

// idAt is the id of something that happened at the moment t: version 7, so that ids sort by time.
func idAt(t time.Time, kind, key string) uuid.UUID {
	id := idOf(kind, key)
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(t.UnixMilli())) // #nosec G115 -- moments of the demo lie after 1970
	copy(id[:6], ms[2:])
	id[6] = id[6]&0x0f | 0x70
	return id
}

// numbered is an id of version 7 that sorts among those of its moment by n, which is below 4096.
func numbered(id uuid.UUID, n int) uuid.UUID {
	id[6], id[7] = 0x70|byte(n>>8)&0x0f, byte(n) // #nosec G115 -- the lowest twelve bits
	return id
}

// taxNumber makes a РНОКПП of somebody born in the first years of the twentieth century, whom nobody can meet.
func taxNumber(bornDay, serial int) string {
	stem := fmt.Sprintf("%05d%04d", bornDay, serial)
	sum := 0
	for i, w := range [9]int{-1, 5, 7, 9, 4, 6, 10, 5, 7} {
		sum += w * int(stem[i]-'0')
	}
	return fmt.Sprintf("%s%d", stem, ((sum%11)+11)%11%10)
}

// edrpou makes a code of an entity out of the range that begins with 98, which is not given out.
func edrpou(serial int) string {
	stem := fmt.Sprintf("98%05d", serial)
	check := weigh(stem, 1)
	if check == 10 {
		check = weigh(stem, 3) % 10
	}
	return fmt.Sprintf("%s%d", stem, check)
}

// weigh sums the digits with the weights first, first+1, …, modulo 11.
func weigh(digits string, first int) int {
	sum := 0
	for i := range len(digits) {
		sum += (first + i) * int(digits[i]-'0')
	}
	return sum % 11
}
