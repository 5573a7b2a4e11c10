package law

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSought is how many words of a question are sought; the others are left out.
const maxSought = 8

// stems are the words of a question without what may be an ending, so that «послугами» finds «послуг»: the text is sought for words that begin so.
// Numbers and the shortest words stay whole.
func stems(q string) (list []string) {
	for _, word := range wordsOf(q) {
		n := utf8.RuneCountInString(word)
		end := 0
		switch {
		case strings.ContainsFunc(word, unicode.IsDigit) || n < 4:
		case n < 6:
			end = 1
		case n < 9:
			end = 2
		default:
			end = 3
		}
		if list = append(list, string([]rune(word)[:n-end])); len(list) == maxSought {
			break
		}
	}
	return list
}

// wordsOf are the words of a text as law.searched has them.
func wordsOf(text string) []string {
	return strings.FieldsFunc(unseen.Replace(strings.ToLower(text)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// unseen are the shapes of an apostrophe and what stands in a word without being read, as in law.searched.
var unseen = strings.NewReplacer("'", "", "‘", "", "’", "", "ʼ", "", "`", "", "´", "", "′", "", "\u00ad", "", "\u0301", "")

// tsquery asks for texts that have a word for each stem. A stem is letters and digits only, so nothing of it is read as an operator.
func tsquery(stems []string) string {
	list := make([]string, len(stems))
	for i, stem := range stems {
		list[i] = stem
		if !strings.ContainsFunc(stem, unicode.IsDigit) && utf8.RuneCountInString(stem) > 2 {
			list[i] += ":*"
		}
	}
	return strings.Join(list, " & ")
}

// place is the paragraph, the first of those that have most of the stems.
func place(paragraphs, stems []string) (at int) {
	most := 0
	for i, paragraph := range paragraphs {
		if n := has(paragraph, stems); n > most {
			at, most = i, n
		}
	}
	return at
}

// has counts the stems with which a word of the text begins.
func has(text string, stems []string) (n int) {
	words := wordsOf(text)
	for _, stem := range stems {
		for _, word := range words {
			if strings.HasPrefix(word, stem) {
				n++
				break
			}
		}
	}
	return n
}

// around is how many letters of a long paragraph are shown.
const around = 300

// piece is a paragraph as a list shows it: whole, or from the words before the first that was sought.
func piece(paragraph string, stems []string) string {
	if utf8.RuneCountInString(paragraph) <= around {
		return paragraph
	}
	fields, from := strings.Fields(paragraph), 0
	for i, field := range fields {
		if has(field, stems) > 0 {
			from = max(i-wordsBefore, 0)
			break
		}
	}
	text := strings.Join(fields[from:], " ")
	if from > 0 {
		text = "… " + text
	}
	if utf8.RuneCountInString(text) > around {
		text = beginning(text, around)
	}
	return text
}

const wordsBefore = 8

// PageOf is the page of Parts, from 1, that has the paragraph of the whole text, and its place there.
func PageOf(parts [][]string, paragraph int) (page, at int) {
	for i, part := range parts {
		if paragraph < len(part) {
			return i + 1, paragraph
		}
		paragraph -= len(part)
	}
	return 1, -1
}
