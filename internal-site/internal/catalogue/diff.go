package catalogue

// Line is one line of a comparison: kept, added or removed.
type Line struct {
	Op   byte // '=', '+' or '-'
	Text string
}

// Section is a part of a card as lines of text, in the words of whoever shows it.
type Section struct {
	Name  string // of the field in the card
	Lines []string
}

// Change is one section in which two versions differ.
type Change struct {
	Section string
	Lines   []Line
}

// Kept counts the lines that both versions have.
func (c Change) Kept() (n int) {
	for _, l := range c.Lines {
		if l.Op == '=' {
			n++
		}
	}
	return n
}

// Diff compares two versions section by section; both have the same sections in the same order.
func Diff(before, after []Section) []Change {
	var changes []Change
	for i := range after {
		lines := diffLines(before[i].Lines, after[i].Lines)
		if changed(lines) {
			changes = append(changes, Change{Section: after[i].Name, Lines: lines})
		}
	}
	return changes
}

func changed(lines []Line) bool {
	for _, l := range lines {
		if l.Op != '=' {
			return true
		}
	}
	return false
}

// maxDiff is how many lines of one section are compared; beyond it a section counts as replaced.
const maxDiff = 2000

// diffLines is the shortest edit from a to b by their longest common subsequence.
func diffLines(a, b []string) []Line {
	if len(a) > maxDiff || len(b) > maxDiff {
		return append(marked('-', a), marked('+', b)...)
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var lines []Line
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			lines = append(lines, Line{'=', a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			lines = append(lines, Line{'-', a[i]})
			i++
		default:
			lines = append(lines, Line{'+', b[j]})
			j++
		}
	}
	return append(append(lines, marked('-', a[i:])...), marked('+', b[j:])...)
}

func marked(op byte, lines []string) []Line {
	var out []Line
	for _, l := range lines {
		out = append(out, Line{op, l})
	}
	return out
}
