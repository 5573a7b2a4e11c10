package law

import (
	"context"
	"slices"
	"strings"

	"portal.example/internal-site/internal/catalogue"
)

// Hunk is one place in which two texts differ.
type Hunk struct {
	After string // how the paragraph before it that both have begins, "" at the beginning
	Lines []catalogue.Line
}

// Compare returns where two texts differ, paragraph by paragraph, in parts that a page each can show. It ends with the error of ctx when nobody
// waits for it any more.
func Compare(ctx context.Context, before, after string) (parts [][]Hunk, err error) {
	c := comparison{ctx: ctx}
	lines := c.diff(Paragraphs(before), Paragraphs(after), 0)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	size := partBytes
	for _, h := range hunks(lines) {
		bytes := len(h.After)
		for _, l := range h.Lines {
			bytes += len(l.Text)
		}
		if size+bytes > partBytes {
			parts, size = append(parts, nil), 0
		}
		last := len(parts) - 1
		parts[last] = append(parts[last], h)
		size += bytes
	}
	return parts, nil
}

// comparison is one that is under way.
type comparison struct {
	ctx   context.Context
	steps int // paragraphs, and pairs of them, that were looked at
}

// mostLines is how many changed paragraphs a hunk has at most; what is rewritten as a whole becomes several.
const mostLines = 50

// hunks leaves of a comparison what changed, with what stands before it.
func hunks(lines []catalogue.Line) (list []Hunk) {
	kept, open := "", false
	for _, l := range lines {
		if l.Op == '=' {
			kept, open = l.Text, false
			continue
		}
		if !open || len(list[len(list)-1].Lines) == mostLines {
			list = append(list, Hunk{After: beginning(kept, mostAfter)})
			kept, open = "", true
		}
		last := &list[len(list)-1]
		last.Lines = append(last.Lines, l)
	}
	return list
}

// mostAfter is how many letters of the paragraph before a change are shown: enough to find it.
const mostAfter = 300

// beginning is a text, cut behind a word where it has more letters than most.
func beginning(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	cut := string(letters[:most])
	if space := strings.LastIndexByte(cut, ' '); space > 0 {
		cut = cut[:space]
	}
	return cut + "…"
}

// atOnce is up to how many pairs of paragraphs are compared each with each; longer texts are cut first at the paragraphs that stand once
// in either.
const atOnce = 250_000

// mostCuts is how often what lies between two cuts is cut again. Texts of people are done after a few times; one could be made that needs as many
// as it has paragraphs, each time over all that are left.
const mostCuts = 20

// diff is how a becomes b, both cut depth times before.
func (c *comparison) diff(a, b []string, depth int) (lines []catalogue.Line) {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	lines = kept(lines, a[:start])
	c.steps += start + end
	lines = append(lines, c.inner(a[start:len(a)-end], b[start:len(b)-end], depth)...)
	return kept(lines, a[len(a)-end:])
}

func kept(lines []catalogue.Line, same []string) []catalogue.Line {
	for _, text := range same {
		lines = append(lines, catalogue.Line{Op: '=', Text: text})
	}
	return lines
}

// inner compares texts that begin and end differently. What is too long after the last cut counts as replaced.
func (c *comparison) inner(a, b []string, depth int) (lines []catalogue.Line) {
	if c.ctx.Err() != nil {
		return nil
	}
	if len(a)*len(b) > atOnce {
		if depth == mostCuts {
			return replaced(a, b)
		}
		c.steps += len(a) + len(b)
		if cuts := anchors(a, b); len(cuts) > 0 {
			fromA, fromB := 0, 0
			for _, cut := range append(cuts, [2]int{len(a), len(b)}) {
				lines = append(lines, c.diff(a[fromA:cut[0]], b[fromB:cut[1]], depth+1)...)
				if cut[0] < len(a) {
					lines = kept(lines, a[cut[0]:cut[0]+1])
				}
				fromA, fromB = cut[0]+1, cut[1]+1
			}
			return lines
		}
	}
	c.steps += len(a) * len(b)
	for _, change := range catalogue.Diff([]catalogue.Section{{Lines: a}}, []catalogue.Section{{Lines: b}}) {
		lines = append(lines, change.Lines...)
	}
	return lines
}

func replaced(a, b []string) (lines []catalogue.Line) {
	for _, text := range a {
		lines = append(lines, catalogue.Line{Op: '-', Text: text})
	}
	for _, text := range b {
		lines = append(lines, catalogue.Line{Op: '+', Text: text})
	}
	return lines
}

// anchors are places of paragraphs that stand once in a and once in b, as many as follow each other in both.
func anchors(a, b []string) [][2]int {
	var pairs [][2]int
	inB := once(b)
	for text, i := range once(a) {
		if j, found := inB[text]; found {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	slices.SortFunc(pairs, func(x, y [2]int) int { return x[0] - y[0] })
	return rising(pairs)
}

// once has the places of the texts that stand in the list once.
func once(list []string) map[string]int {
	at := map[string]int{}
	for i, text := range list {
		if _, again := at[text]; again {
			at[text] = -1
			continue
		}
		at[text] = i
	}
	for text, i := range at {
		if i < 0 {
			delete(at, text)
		}
	}
	return at
}

// rising is the longest run of pairs whose second numbers rise.
func rising(pairs [][2]int) [][2]int {
	before := make([]int, len(pairs)) // the pair before each in the longest run that ends with it, -1 for none
	var ends []int                    // for each length, the pair with the smallest second number that ends a run of it
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(ends, p[1], func(end, second int) int { return pairs[end][1] - second })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	var run [][2]int
	for at := last(ends); at >= 0; at = before[at] {
		run = append(run, pairs[at])
	}
	slices.Reverse(run)
	return run
}

func last(list []int) int {
	if len(list) == 0 {
		return -1
	}
	return list[len(list)-1]
}
