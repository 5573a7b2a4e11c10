package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// State is what became of a table.
type State string

// The states of tables.
const (
	Equal     State = "equal"
	Different State = "different"
	Skipped   State = "skipped" // is being loaded; nothing can be said yet
	Failed    State = "failed"  // cannot be compared as it is
)

// Kind says how a row differs.
type Kind string

// The kinds of findings.
const (
	Missing Kind = "missing"   // in the source, not on the target
	Extra   Kind = "extra"     // on the target, not in the source's projection
	Changed Kind = "different" // on both, with different values
)

// Row names a row by its key.
type Row struct {
	Kind Kind      `json:"kind"`
	Key  []*string `json:"key"` // texts of TableReport.KeyColumns; null is NULL
}

// TableReport is what there is to say of one table.
type TableReport struct {
	Name      string `json:"name"`
	State     State  `json:"state"`
	Reason    string `json:"reason,omitempty"`
	Rows      int64  `json:"rows"` // of the source's projection that were compared
	Missing   int64  `json:"missing"`
	Extra     int64  `json:"extra"`
	Different int64  `json:"different"`
	// AtLeast: so many rows differ that not all were followed up; the counts are lower bounds.
	AtLeast    bool     `json:"at_least,omitempty"`
	KeyColumns []string `json:"key_columns,omitempty"`
	Keys       []Row    `json:"keys,omitempty"` // at most Options.Keys of them
}

// Total is how many rows differ.
func (t TableReport) Total() int64 { return t.Missing + t.Extra + t.Different }

// Report is the whole answer.
type Report struct {
	// Equal: everything that was compared is equal. Complete: nothing was skipped and nothing failed.
	Equal    bool          `json:"equal"`
	Complete bool          `json:"complete"`
	LSN      string        `json:"lsn"`    // position of the source at which rows were compared first
	Fenced   bool          `json:"fenced"` // a running syncer made the fence; otherwise the source was quiet
	Tables   []TableReport `json:"tables"`
	Objects  *Objects      `json:"objects,omitempty"`
	Seconds  float64       `json:"seconds"`
}

func (r *Report) concludeReport(took time.Duration) {
	r.Equal, r.Complete, r.Seconds = r.Objects.isSound(), true, took.Seconds()
	for _, t := range r.Tables {
		r.Equal = r.Equal && t.State != Different
		r.Complete = r.Complete && t.State != Skipped && t.State != Failed
	}
}

// Differences says in one line what differs.
func (r *Report) Differences() string {
	var rows int64
	tables := 0
	atLeast := ""
	for _, t := range r.Tables {
		if t.State == Different {
			tables++
			rows += t.Total()
		}
		if t.AtLeast {
			atLeast = "at least "
		}
	}
	var parts []string
	if tables > 0 {
		parts = append(parts, fmt.Sprintf("%s%d rows in %d tables", atLeast, rows, tables))
	}
	if o := r.Objects; o != nil && !o.isSound() {
		parts = append(parts, fmt.Sprintf("%d objects", o.countWrong()))
	}
	return strings.Join(parts, " and ")
}

// concludeTable counts what was found and keeps the first keys.
func (t *table) concludeTable(keys int) {
	r := &t.result
	slices.SortFunc(t.wrong, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), slices.CompareFunc(a.key, b.key, compareTexts))
	})
	for _, f := range t.wrong {
		switch f.kind {
		case Missing:
			r.Missing++
		case Extra:
			r.Extra++
		case Changed:
			r.Different++
		}
		if len(r.Keys) < keys {
			r.Keys = append(r.Keys, Row{Kind: f.kind, Key: f.key})
		}
	}
	switch {
	case r.State != "":
	case r.Total() > 0:
		r.State = Different
	default:
		r.State = Equal
	}
}

// compareTexts puts numbers without signs in their order, and NULL first.
func compareTexts(a, b *string) int {
	switch {
	case a == nil || b == nil:
		return cmp.Compare(asNumber(a != nil), asNumber(b != nil))
	case isNumber(*a) && isNumber(*b):
		return cmp.Or(cmp.Compare(len(*a), len(*b)), strings.Compare(*a, *b))
	}
	return strings.Compare(*a, *b)
}

func asNumber(b bool) int {
	if b {
		return 1
	}
	return 0
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
