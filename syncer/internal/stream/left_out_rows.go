package stream

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"io"
	"os"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// leftOutRows are the rows of one transaction that cannot be sent yet, because the log omits values that the target may not
// have. All their changes are left out of the transaction, and the rows are reread once it is committed.
//
// The keys are kept in the order in which they came, so that rolling back a subtransaction removes its keys. If there are
// very many, they are moved to a file. From then on it is unknown whether a particular row is among them, so every change
// of those tables is left out and reread, which is correct for any row.
type leftOutRows struct {
	known   map[string]struct{} // the keys in log whose tables are not blind
	log     []byte
	file    *os.File
	spilled int64  // bytes that were moved to file
	blind   []bool // by table
}

// leftOutMost is the number of bytes of keys to keep in memory.
const leftOutMost = 1 << 20

// rowKey appends an identifier of the row to b: the table's number, then the length and the bytes of each key value. ok is
// false if a key value is missing.
func (of *tableDescription) rowKey(b []byte, row wire.Row) (_ []byte, ok bool) {
	b = binary.BigEndian.AppendUint16(b, of.id)
	for _, at := range of.key {
		v := row.Values[at]
		if v == nil {
			return b, false
		}
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	return b, true
}

func (l *leftOutRows) isEmpty() bool { return l == nil || l.position() == 0 }

// position returns a position for returnTo.
func (l *leftOutRows) position() int64 {
	if l == nil {
		return 0
	}
	return l.spilled + int64(len(l.log))
}

// contains reports whether the row is left out.
func (l *leftOutRows) contains(key []byte) bool {
	if l == nil {
		return false
	}
	if l.isBlind(key) {
		return true
	}
	_, ok := l.known[string(key)]
	return ok
}

func tableOfKey(key []byte) int { return int(binary.BigEndian.Uint16(key)) }

// isBlind reports whether it is unknown which rows of the key's table are left out.
func (l *leftOutRows) isBlind(key []byte) bool {
	return l != nil && tableOfKey(key) < len(l.blind) && l.blind[tableOfKey(key)]
}

// addKey adds a row.
func (l *leftOutRows) addKey(key []byte) error {
	if !l.isBlind(key) {
		if _, ok := l.known[string(key)]; ok {
			return nil
		}
		if l.known == nil {
			l.known = map[string]struct{}{}
		}
		l.known[string(key)] = struct{}{}
	}
	l.log = append(binary.AppendUvarint(l.log, uint64(len(key))), key...)
	if len(l.log) > leftOutMost {
		return l.spillToFile()
	}
	return nil
}

// spillToFile moves the log to the file.
func (l *leftOutRows) spillToFile() error {
	if l.file == nil {
		f, err := os.CreateTemp("", "syncer-keys-*")
		if err != nil {
			return link.Fail("source: keys of a large transaction", err)
		}
		_ = os.Remove(f.Name()) // the file exists as long as it is open
		l.file = f
	}
	err := eachKeyOf(l.log, func(key []byte) error {
		for len(l.blind) <= tableOfKey(key) {
			l.blind = append(l.blind, false)
		}
		l.blind[tableOfKey(key)] = true
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := l.file.WriteAt(l.log, l.spilled); err != nil {
		return link.Fail("source: keys of a large transaction", err)
	}
	l.spilled += int64(len(l.log))
	l.log = l.log[:0]
	clear(l.known)
	return nil
}

// returnTo removes the keys that were added since position returned mark.
func (l *leftOutRows) returnTo(mark int64) error {
	if l == nil || mark >= l.position() {
		return nil
	}
	if mark < l.spilled {
		l.spilled, l.log = mark, l.log[:0]
		clear(l.known)
		return nil
	}
	kept := int(mark - l.spilled)
	err := eachKeyOf(l.log[kept:], func(key []byte) error {
		delete(l.known, string(key))
		return nil
	})
	l.log = l.log[:kept]
	return err
}

var errKeys = errors.New("source: keys of a large transaction cannot be read back")

// eachKeyOf calls visit with each key in log.
func eachKeyOf(log []byte, visit func(key []byte) error) error {
	for len(log) > 0 {
		size, n := binary.Uvarint(log)
		if n <= 0 || size > uint64(len(log)-n) {
			return errKeys
		}
		if err := visit(log[n : n+int(size)]); err != nil { //nolint:gosec // checked above
			return err
		}
		log = log[n+int(size):] //nolint:gosec // checked above
	}
	return nil
}

// forEachKey calls visit once for each row, in portions that are small enough to detect duplicates in memory.
func (l *leftOutRows) forEachKey(visit func(key []byte) error) error {
	if l.spilled == 0 {
		return eachKeyOf(l.log, visit)
	}
	seed, parts := maphash.MakeSeed(), uint64(l.position()/leftOutMost)+1
	for part := range parts {
		seen := map[string]struct{}{}
		err := l.readBack(func(key []byte) error {
			if maphash.Bytes(seed, key)%parts != part {
				return nil
			}
			if _, ok := seen[string(key)]; ok {
				return nil
			}
			seen[string(key)] = struct{}{}
			return visit(key)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readBack calls visit for each key in the file and in memory; a key may come more than once.
func (l *leftOutRows) readBack(visit func(key []byte) error) error {
	in := bufio.NewReaderSize(io.NewSectionReader(l.file, 0, l.spilled), 256<<10)
	var key []byte
	for {
		size, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			return eachKeyOf(l.log, visit)
		}
		if err != nil || size > wire.MaxFrame {
			return errors.Join(errKeys, err)
		}
		if uint64(cap(key)) < size {
			key = make([]byte, size)
		}
		key = key[:size]
		if _, err := io.ReadFull(in, key); err != nil {
			return errors.Join(errKeys, err)
		}
		if err := visit(key); err != nil {
			return err
		}
	}
}

// close closes the file, which removes it.
func (l *leftOutRows) close() {
	if l != nil && l.file != nil {
		_ = l.file.Close()
	}
}
