package search

import "strings"

// The marks that the database puts around what was found: characters that no text may hold (private use), so
// nothing that a text says can look like a mark. They never reach a page.
const (
	markStart = "\ue000"
	markStop  = "\ue001"
	startRune = '\ue000'
	stopRune  = '\ue001'
)

// Piece is a part of a text; Found says that it is what was looked for.
type Piece struct {
	Text  string
	Found bool
}

// Pieces are a text cut at what was found. A template escapes each piece like any text.
type Pieces []Piece

// Any says whether anything was found.
func (p Pieces) Any() bool {
	for _, piece := range p {
		if piece.Found {
			return true
		}
	}
	return false
}

// searchable is the text as it is sent to be marked: folded, without marks of its own.
func searchable(text string) string {
	return fold(withoutMarks(text))
}

func withoutMarks(text string) string {
	return strings.NewReplacer(markStart, "", markStop, "").Replace(text)
}

// align carries the marks of the folded text over to the original, whose letters may be large and which has
// its apostrophes. A text that does not fit comes back whole and unmarked.
func align(original, marked string) Pieces {
	original = withoutMarks(original)
	var pieces Pieces
	var piece strings.Builder
	found := false
	cut := func() {
		if piece.Len() > 0 {
			pieces = append(pieces, Piece{Text: piece.String(), Found: found})
			piece.Reset()
		}
	}
	rest := []rune(marked)
	for _, r := range original {
		lost := strings.ContainsRune(dropped, r)
		for len(rest) > 0 && (rest[0] == startRune && !lost || rest[0] == stopRune) {
			cut()
			found = rest[0] == startRune
			rest = rest[1:]
		}
		if !lost {
			if len(rest) == 0 || fold(string(r)) != string(rest[0]) {
				return Pieces{{Text: original}}
			}
			rest = rest[1:]
		}
		piece.WriteRune(r)
	}
	cut()
	return pieces
}

// excerpt cuts a long text around the first thing that was found, at blanks, to about so many characters.
func excerpt(p Pieces, size int) Pieces {
	total, first := 0, -1
	for _, piece := range p {
		if piece.Found && first < 0 {
			first = total
		}
		total += len([]rune(piece.Text))
	}
	if first < 0 || total <= size {
		return p
	}
	from := max(first-size/3, 0)
	to := min(from+size, total)
	var cut Pieces
	at := 0
	for _, piece := range p {
		runes := []rune(piece.Text)
		low, high := max(from-at, 0), min(to-at, len(runes))
		if low < high {
			cut = append(cut, Piece{Text: string(runes[low:high]), Found: piece.Found})
		}
		at += len(runes)
	}
	return trimmed(cut, from > 0, to < total)
}

// trimmed drops the broken words at the ends of an excerpt and puts an ellipsis there.
func trimmed(p Pieces, before, after bool) Pieces {
	if before {
		if i := strings.IndexByte(p[0].Text, ' '); i >= 0 && !p[0].Found {
			p[0].Text = p[0].Text[i+1:]
		}
		p[0].Text = "… " + p[0].Text
	}
	if last := len(p) - 1; after {
		if i := strings.LastIndexByte(p[last].Text, ' '); i >= 0 && !p[last].Found {
			p[last].Text = p[last].Text[:i]
		}
		p[last].Text += " …"
	}
	return p
}
