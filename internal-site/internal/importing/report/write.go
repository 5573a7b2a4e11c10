package report

import (
	"bufio"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"portal.example/shared/locale"
)

//go:embed words
var words embed.FS

// Words is the catalogue of the report.
var Words = locale.MustLoad(words)

var columns = []string{"file", "line", "kind", "id", "name", "outcome", "stored", "code", "reason", "field", "from", "to"}

// record is one line of the full report: one remark, or a row of which there is nothing to say.
type record struct {
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Kind    Kind    `json:"kind"`
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	Stored  Stored  `json:"stored,omitempty"`
	Code    string  `json:"code,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Field   string  `json:"field,omitempty"`
	From    string  `json:"from,omitempty"`
	To      string  `json:"to,omitempty"`
}

func (r *Report) each(lang locale.Lang, do func(record) error) error {
	p := Words.In(lang)
	for _, row := range r.rows {
		base := record{File: row.File, Line: row.Line, Kind: row.Kind, ID: row.ID, Name: row.Name, Outcome: Taken, Stored: row.Stored}
		if len(row.Remarks) == 0 {
			if err := do(base); err != nil {
				return err
			}
		}
		for _, m := range row.said() {
			rec := base
			rec.Outcome, rec.Code, rec.Field, rec.From, rec.To = m.Outcome, m.Code, m.Field, m.From, m.To
			rec.Reason = reason(p, m.Code, m.Reason)
			if err := do(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

func reason(p *locale.Printer, code, given string) string {
	if given != "" {
		return given
	}
	if p.Has(code) { // a fault of shared/ukr brings its own words
		return p.T(code)
	}
	return p.T("import.code." + code)
}

// WriteCSV writes the full report for a spreadsheet: UTF-8 with a byte-order mark, semicolons, CRLF. A value
// that a spreadsheet would run as a formula gets an apostrophe before it.
func (r *Report) WriteCSV(w io.Writer, lang locale.Lang) error {
	p := Words.In(lang)
	buffered := bufio.NewWriter(w)
	_, _ = buffered.WriteString("\ufeff") // a failed write comes back from Flush
	out := csv.NewWriter(buffered)
	out.Comma, out.UseCRLF = ';', true
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = p.T("import.column." + c)
	}
	_ = out.Write(header) // comes back from Error
	err := r.each(lang, func(m record) error {
		return out.Write([]string{
			safe(m.File), strconv.Itoa(m.Line), p.T("import.kind." + string(m.Kind)), safe(m.ID), safe(m.Name),
			p.T("import.outcome." + string(m.Outcome)), stored(p, m.Stored), m.Code, safe(m.Reason), safe(m.Field), safe(m.From), safe(m.To),
		})
	})
	out.Flush()
	for _, e := range []error{err, out.Error(), buffered.Flush()} {
		if e != nil {
			return fmt.Errorf("write report: %w", e)
		}
	}
	return nil
}

func stored(p *locale.Printer, s Stored) string {
	if s == "" {
		return ""
	}
	return p.T("import.stored." + string(s))
}

func safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// WriteJSON writes the full report as one JSON object a line.
func (r *Report) WriteJSON(w io.Writer, lang locale.Lang) error {
	buffered := bufio.NewWriter(w)
	out := json.NewEncoder(buffered)
	out.SetEscapeHTML(false)
	if err := r.each(lang, func(m record) error { return out.Encode(m) }); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// Print writes the summary for a person.
func (s Summary) Print(w io.Writer, lang locale.Lang) {
	p := Words.In(lang)
	for _, c := range s.Counts {
		fmt.Fprint(w, p.T("import.kind_many."+string(c.Kind)))
		if c.Rows > 0 {
			fmt.Fprint(w, ": ", p.T("import.counts", c.Rows, c.Taken, c.Changed, c.Refused))
		}
		fmt.Fprintln(w)
		if c.Added+c.Updated+c.Same+c.Kept > 0 {
			fmt.Fprintf(w, "    %s\n", p.T("import.stored_counts", c.Added, c.Updated, c.Same, c.Kept))
		}
		for _, g := range s.Groups {
			if g.Kind == c.Kind {
				fmt.Fprintf(w, "    %6d  %s: %s\n", g.Rows, p.T("import.outcome."+string(g.Outcome)), reason(p, g.Code, g.Reason))
			}
		}
	}
}
