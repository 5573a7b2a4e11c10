package watch

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// trace is what the catalog says of a published table and a later one compares with. Each of its values changes only by a
// command that may have changed rows, or what they mean, without a word in the log, or that may have kept changes from it.
// Maintenance (VACUUM FULL, CLUSTER, REINDEX, ANALYZE, grants, comments) changes none of them.
type trace struct {
	// Publication is the oid of the publication and the transaction that wrote its row: another one after each ALTER
	// PUBLICATION … SET, so that actions which were switched off and on again leave a sign.
	Publication string `json:"p,omitempty"`
	// Owner is the publication's. Where it has changed, that explains another transaction; what an owner publishes is the same.
	Owner uint32 `json:"o,omitempty"`
	// Table is the table's oid: another table under the same name has another one.
	Table uint32 `json:"t,omitempty"`
	// Columns are the listed ones: number, type, modifier and collation. A name that now belongs to another column, or to one
	// that was dropped and made again, has another number.
	Columns map[string]string `json:"c,omitempty"`
	// Types are the parts of the types that the columns use, as far as ALTER TYPE can change them under rows that exist.
	Types map[string]string `json:"y,omitempty"`
}

// String is how the target remembers it, "" when nothing is known.
func (t trace) String() string {
	if t.Table == 0 {
		return ""
	}
	text, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return string(text)
}

// parseTrace reads what String wrote; of anything else nothing is known.
func parseTrace(text string) (t trace) {
	if json.Unmarshal([]byte(text), &t) != nil {
		return trace{}
	}
	return t
}

// against says in words what has happened to the table since it was t, "" when nothing has. What either of them does not
// know is not compared.
func (t trace) against(now trace) string {
	if t.Table == 0 || now.Table == 0 {
		return ""
	}
	if t.Table != now.Table {
		return "is another table under the same name than before: the old one was dropped, renamed or moved"
	}
	if why := t.columns(now); why != "" {
		return why
	}
	return t.types(now)
}

func (t trace) columns(now trace) string {
	for _, name := range slices.Sorted(maps.Keys(t.Columns)) {
		was, is := t.Columns[name], now.Columns[name]
		if is == "" || is == was { // one that is gone is said by whoever compares the publication with the whitelist
			continue
		}
		number, _, _ := strings.Cut(was, ".")
		for other, its := range now.Columns {
			if strings.HasPrefix(its, number+".") {
				return fmt.Sprintf("has other columns under its names: what was %s is called %s now", name, other)
			}
		}
		if !strings.HasPrefix(is, number+".") {
			return fmt.Sprintf("has another column %s than before: columns were renamed, or it was dropped and made again", name)
		}
		return fmt.Sprintf("has another type or collation of column %s than before", name)
	}
	return ""
}

// types compares what ALTER TYPE can change without writing a row. A new value of an enumeration changes nothing that exists.
func (t trace) types(now trace) string {
	for _, part := range slices.Sorted(maps.Keys(t.Types)) {
		was, is := t.Types[part], now.Types[part]
		if is == was {
			continue
		}
		if part[0] != enumPart {
			return "uses a composite type whose attributes were changed, so that its rows read otherwise without having been written"
		}
		before, after := strings.Split(was, " "), strings.Split(is, " ")
		switch {
		case len(before) != 3 || len(after) != 3:
			return "uses an enumeration that is another one than before"
		case before[2] != after[2]:
			return "uses an enumeration one of whose values was renamed (ALTER TYPE … RENAME VALUE), so that its rows read otherwise without having been written"
		case before[0] != after[0] && before[1] == after[1]: // else it was only moved to make room for a new one
			return "uses an enumeration one of whose values was renamed and renamed back (ALTER TYPE … RENAME VALUE)"
		}
	}
	for part := range now.Types {
		if _, known := t.Types[part]; !known && part[0] != enumPart {
			return "uses a composite type that has got another attribute, so that its rows read otherwise without having been written"
		}
	}
	return ""
}

// What Types holds, by the first letter of its keys.
const (
	enumPart      = 'e' // of each value: transaction that wrote it, place in the order, hash of its text
	compositePart = 'a' // of each attribute: type and modifier
)
