package wire

import (
	"strconv"
	"strings"
)

// Mark is what the reader has seen of a table beside the log and judged harmless. The writer stores it without looking into it,
// so that the next stream can tell what has happened since.
type Mark struct {
	Table     uint16
	Published uint32 // the entry of the publication, made anew when the table is taken out and put back; 0 unknown
	Leaves    string // the partitions and the files they lie in; "" when it has none
	Catalog   string // what else the catalog says of the table and of the publication; "" unknown
	Harm      string // why the source refuses changes of the table to its application, in words, with SQL; "" when it does not
}

// MaxMark is the maximum length of a text in a Mark; a table with more partitions than fit is not watched.
const MaxMark = 1 << 20

// markEmptied begins what ends the Leaves that the writer remembers once it has applied a TRUNCATE of the whole table: the number of
// the source's transaction follows. The reader's next stream then knows that the log has told that one.
const markEmptied = " t"

// EmptiedPattern matches that ending, as a regular expression of PostgreSQL.
const EmptiedPattern = markEmptied + `[0-9]*$`

// EmptiedRoom is the longest that the ending can be, in bytes.
const EmptiedRoom = len(markEmptied) + len("4294967295")

// EmptiedNote is the ending for a transaction.
func EmptiedNote(xid uint32) string { return markEmptied + strconv.FormatUint(uint64(xid), 10) }

// CutEmptied takes the ending off. xid is 0 where there is none, and where an earlier version wrote it, which did not say the
// transaction.
func CutEmptied(leaves string) (rest string, xid uint32) {
	at := strings.LastIndex(leaves, markEmptied)
	if at < 0 {
		return leaves, 0
	}
	n, err := strconv.ParseUint(leaves[at+len(markEmptied):], 10, 32)
	if err != nil {
		n = 0
	}
	return leaves[:at], uint32(n)
}

// MaxMarkFrame bounds the whole frame.
const MaxMarkFrame = 3*MaxMark + 100

// AppendMark appends a Mark frame.
func AppendMark(b []byte, m Mark) []byte {
	b, at := openFrame(b, KindMark)
	return sealFrame(appendText(appendText(appendText(appendLong(appendShort(b, int(m.Table)), m.Published), m.Leaves), m.Catalog), m.Harm), at)
}

func readMark(d *decoder) Mark {
	return Mark{Table: d.short(), Published: d.long(), Leaves: d.text(), Catalog: d.text(), Harm: d.text()}
}
