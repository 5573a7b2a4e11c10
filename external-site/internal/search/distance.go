package search

// distance is how many letters have to be added, dropped, changed or swapped with their neighbour to make b out
// of a (optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// tolerance is how many mistakes a word of n letters may have.
func tolerance(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 6:
		return 1
	}
	return 2
}

// Candidate is a word of the catalogue that looks like one that was typed.
type Candidate struct {
	Word     string
	Services int // how many services use it
}

// closest picks the word that was most likely meant: the fewest mistakes, then the most services. ok is false
// when none is close enough, or the word itself is among them. Whoever makes two mistakes seldom makes one in the first letter;
// words that differ there and once more are different words, as «записатися» and «виписатися» are.
func closest(word string, candidates []Candidate) (best string, ok bool) {
	limit := tolerance(len([]rune(word)))
	found, services := limit+1, 0
	for _, c := range candidates {
		if c.Word == word {
			return "", false
		}
		d := distance(word, c.Word)
		if d > 1 && firstLetter(word) != firstLetter(c.Word) {
			continue
		}
		if d < found || d == found && d <= limit && c.Services > services {
			best, found, services = c.Word, d, c.Services
		}
	}
	return best, found <= limit
}

func firstLetter(word string) rune {
	for _, r := range word {
		return r
	}
	return 0
}
