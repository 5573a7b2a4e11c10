package search

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

// The lists of words that the search keeps. They belong to the language and not to a region: what is particular to a service stands in
// its keywords, and what others give in catalogue.elsewhere, both of which staff own.
var (
	//go:embed words/synonyms.txt
	synonymLines string
	//go:embed words/russian.txt
	russianLines string
	//go:embed words/soft.txt
	softLines string
	//go:embed words/intents.txt
	intentLines string
)

var (
	synonyms     = parseSynonyms(synonymLines)
	russianStems = parseRussian(russianLines)
	softWords    = parseSoft(softLines)
	intents      = parseIntents(intentLines)
)

// wordLines are the lines of a list, folded as queries are, without comments.
func wordLines(list string) (lines []string) {
	for line := range strings.Lines(list) {
		if line = strings.TrimSpace(fold(line)); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

// parseSynonyms maps every single word to the other words and phrases of its lines.
func parseSynonyms(list string) map[string][]string {
	all := map[string][]string{}
	for _, line := range wordLines(list) {
		parts := strings.Split(line, "|")
		words := strings.Fields(parts[0])
		terms := append(slices.Clone(words), parts[1:]...)
		for _, word := range words {
			for _, other := range terms {
				if other = strings.TrimSpace(other); other != word && !slices.Contains(all[word], other) {
					all[word] = append(all[word], other)
				}
			}
		}
	}
	return all
}

func parseSoft(list string) map[string]bool {
	all := map[string]bool{}
	for _, line := range wordLines(list) {
		for word := range strings.FieldsSeq(line) {
			all[word] = true
		}
	}
	return all
}

func parseRussian(list string) map[string][]string {
	all := map[string][]string{}
	for _, line := range wordLines(list) {
		stem, word, _ := strings.Cut(line, " ")
		all[stem] = append(all[stem], strings.Join(strings.FieldsFunc(word, notInWord), " "))
	}
	return all
}

// longestEnding is how many letters a word may have behind the beginning by which a list names it.
const longestEnding = 4

// russian are the Ukrainian words that say the same as a Russian one; none for a word that the list does not have.
func russian(word string) []string {
	runes := []rune(strings.ReplaceAll(word, "ё", "е"))
	for n := len(runes); n >= max(len(runes)-longestEnding, 2); n-- {
		if n <= 3 && len(runes)-n > 2 || n == 2 && len(runes) > 2 {
			break
		}
		if words, ok := russianStems[string(runes[:n])]; ok {
			return words
		}
	}
	return nil
}

// Intent is what people come for that is no service: their name is a part of the keys of words that lead there.
type Intent string

// The intents that words/intents.txt has phrases for.
const (
	Hours     Intent = "hours"     // when a centre is open
	Booking   Intent = "booking"   // to make an appointment
	Complaint Intent = "complaint" // to complain or to appeal
	Blank     Intent = "blank"     // a form to fill in
	Price     Intent = "price"     // what a service costs and how it is paid
	Track     Intent = "track"     // how far an application is
	Ask       Intent = "ask"       // to ask a question
	Cabinet   Intent = "cabinet"   // the personal cabinet
	Centres   Intent = "centres"   // where a centre is
)

type intentPhrase struct {
	intent Intent
	words  []string // each begins a word of the query
	alone  bool     // nothing else may have been typed
}

func parseIntents(list string) (all []intentPhrase) {
	for _, line := range wordLines(list) {
		parts := strings.Split(line, "|")
		for _, phrase := range parts[1:] {
			phrase = strings.TrimSpace(phrase)
			rest, alone := strings.CutPrefix(phrase, "=")
			all = append(all, intentPhrase{Intent(strings.TrimSpace(parts[0])), strings.Fields(rest), alone})
		}
	}
	return all
}

// intents are what the query comes for besides services, each once, and the words that say nothing else.
func (q Query) intents() (found []Intent, used []string) {
	var said []string
	for _, w := range q.Words {
		if !softWords[w] && utf8.RuneCountInString(w) > 1 {
			said = append(said, w)
		}
	}
	for _, p := range intents {
		words, ok := p.in(q.Words)
		if !ok || p.alone && !p.whole(q.Words, said) {
			continue
		}
		if !slices.Contains(found, p.intent) {
			found = append(found, p.intent)
		}
		used = append(used, words...)
	}
	return found, used
}

// in finds the words of the query that the phrase means; ok is false when one of its own is not there.
func (p intentPhrase) in(words []string) (used []string, ok bool) {
	for _, beginning := range p.words {
		i := slices.IndexFunc(words, func(w string) bool { return p.begins(w, beginning) })
		if i < 0 {
			return nil, false
		}
		used = append(used, words[i])
	}
	return used, true
}

// begins compares a word with one of the phrase; in a phrase that must stand alone the whole word is given.
func (p intentPhrase) begins(word, beginning string) bool {
	if p.alone {
		return word == beginning
	}
	return strings.HasPrefix(word, beginning)
}

// whole says whether every word that says something belongs to the phrase.
func (p intentPhrase) whole(words, said []string) bool {
	if len(said) == 0 {
		said = words
	}
	return !slices.ContainsFunc(said, func(w string) bool { return !slices.Contains(p.words, w) })
}
