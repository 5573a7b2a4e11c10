package terminal

import (
	"strings"
)

// Column is one column of a table.
type Column struct {
	Title string
	Right bool // numbers
	// Wrap lets long text go on in the next line; Cut takes the middle out of long names. Other columns keep their width.
	Wrap, Cut bool
}

const (
	gap      = "  "
	narrowed = 12 // a column that gives way keeps at least this many characters
)

// Table prints rows under the columns' titles in lines that fit the terminal. Cells are cleaned, so that they
// may come from anywhere. Columns that nobody filled are left out.
func Table(t *Terminal, columns []Column, rows ...[]string) {
	columns, rows = filled(columns, rows)
	widths := widths(columns, rows)
	fit(widths, columns, t.Width()-len(gap)*(len(columns)-1))
	titles := make([]string, len(columns))
	titled := false
	for i, c := range columns {
		titles[i] = c.Title
		titled = titled || c.Title != ""
	}
	var b strings.Builder
	if titled {
		var head strings.Builder
		line(&head, columns, widths, titles)
		b.WriteString(t.Bold(strings.TrimSuffix(head.String(), "\n")) + "\n")
	}
	for _, row := range rows {
		line(&b, columns, widths, row)
	}
	_, _ = t.Write([]byte(b.String()))
}

// filled cleans the cells and drops columns without any.
func filled(columns []Column, rows [][]string) ([]Column, [][]string) {
	used := make([]bool, len(columns))
	clean := make([][]string, len(rows))
	for r, row := range rows {
		clean[r] = make([]string, len(columns))
		for i := range columns {
			if i < len(row) {
				clean[r][i] = Clean(row[i])
			}
			used[i] = used[i] || clean[r][i] != ""
		}
	}
	var kept []Column
	out := make([][]string, len(rows))
	for i, c := range columns {
		if !used[i] && len(rows) > 0 {
			continue
		}
		kept = append(kept, c)
		for r := range clean {
			out[r] = append(out[r], clean[r][i])
		}
	}
	return kept, out
}

func widths(columns []Column, rows [][]string) []int {
	w := make([]int, len(columns))
	for i, c := range columns {
		w[i] = length(c.Title)
		for _, row := range rows {
			w[i] = max(w[i], length(row[i]))
		}
	}
	return w
}

// fit takes characters from the widest column that may give way until all fit into room.
func fit(widths []int, columns []Column, room int) {
	for total(widths) > room {
		widest := -1
		for i, c := range columns {
			if (c.Wrap || c.Cut) && widths[i] > narrowed && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

func total(widths []int) int {
	n := 0
	for _, w := range widths {
		n += w
	}
	return n
}

// line prints one row, which is several lines where a cell is wrapped.
func line(b *strings.Builder, columns []Column, widths []int, row []string) {
	cells := make([][]string, len(columns))
	height := 1
	for i, c := range columns {
		cells[i] = []string{row[i]}
		switch {
		case c.Wrap:
			cells[i] = Wrap(row[i], widths[i])
		case c.Cut:
			cells[i][0] = Cut(row[i], widths[i])
		}
		height = max(height, len(cells[i]))
	}
	for n := range height {
		var text strings.Builder
		for i, c := range columns {
			cell := ""
			if n < len(cells[i]) {
				cell = cells[i][n]
			}
			space := strings.Repeat(" ", max(widths[i]-length(cell), 0))
			if c.Right {
				text.WriteString(space + cell)
			} else {
				text.WriteString(cell + space)
			}
			text.WriteString(gap)
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
}

// Cut takes the middle out of s so that width characters remain: a long name is known by both its ends.
func Cut(s string, width int) string {
	r := []rune(s)
	if len(r) <= width || width < 1 {
		return s
	}
	tail := (width - 1) / 2
	return string(r[:width-1-tail]) + "…" + string(r[len(r)-tail:])
}
