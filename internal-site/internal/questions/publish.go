package questions

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// Publication is a question and its answer as everybody may read them, in words of staff.
type Publication struct {
	ID          uuid.UUID
	Wording     Wording
	Published   bool
	PublishedAt time.Time
	Version     int // 0: there is none yet
}

// Wording is what is published. Ukrainian is required, English is not.
type Wording struct {
	Question, Answer locale.Text
	// Despite says that what looks like somebody's data was looked at and is nobody's.
	Despite bool
}

// MaxPublished is the longest question that is published, in characters; an answer may have MaxText.
const MaxPublished = 1000

// Publishable says whether the thread has an answer that may be published.
func (t Thread) Publishable() bool { return t.AnsweredAt != nil }

// clean is the wording as it is kept.
func (w Wording) clean() Wording {
	for _, text := range []*string{&w.Question.UK, &w.Question.EN, &w.Answer.UK, &w.Answer.EN} {
		*text = plain.Lines(*text)
	}
	return w
}

// check names what is missing, too long, or looks like data of a person, field by field as the form calls them.
func (w Wording) check(t Thread) error {
	var wrong []fault.FieldError
	for _, f := range []struct {
		name, text       string
		most             int
		required         bool
		missing, reveals string
	}{
		{"question.uk", w.Question.UK, MaxPublished, true, "questions.question_missing", "questions.question_reveals"},
		{"answer.uk", w.Answer.UK, MaxText, true, "questions.answer_missing", "questions.answer_reveals"},
		{"question.en", w.Question.EN, MaxPublished, w.Answer.EN != "", "questions.question_en_missing", "questions.question_en_reveals"},
		{"answer.en", w.Answer.EN, MaxText, w.Question.EN != "", "questions.answer_en_missing", "questions.answer_en_reveals"},
	} {
		switch {
		case f.required && strings.TrimSpace(f.text) == "":
			wrong = append(wrong, fault.FieldError{Field: f.name, Key: f.missing})
		case utf8.RuneCountInString(f.text) > f.most:
			wrong = append(wrong, fault.FieldError{Field: f.name, Key: "form.too_long", Args: []any{f.most}})
		case !w.Despite && len(t.reveals(f.text)) > 0:
			wrong = append(wrong, fault.FieldError{Field: f.name, Key: f.reveals, Args: []any{strings.Join(t.reveals(f.text), ", ")}})
		}
	}
	return fault.InvalidFields(wrong...)
}

var (
	address = regexp.MustCompile(`\S+@\S+`)
	digits  = regexp.MustCompile(`\+?\d(?:[ ()\-–]?\d){6,}`)
)

// reveals lists what in a text looks like data of a person: parts of the name of whoever asked, addresses, long numbers.
func (t Thread) reveals(text string) (found []string) {
	found = append(found, address.FindAllString(text, -1)...)
	found = append(found, digits.FindAllString(text, -1)...)
	names := words(t.Name)
	for _, w := range words(text) {
		if slices.ContainsFunc(names, func(n string) bool { return sameName(n, w) }) {
			found = append(found, w)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// words are those that may be a name: four letters and more.
func words(text string) []string {
	all := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '’' && r != '\'' })
	return slices.DeleteFunc(all, func(w string) bool { return utf8.RuneCountInString(w) < 4 })
}

// sameName says whether a word is a name in whatever case: they begin with the same letters and differ at the end.
func sameName(name, word string) bool {
	n, w := []rune(strings.ToLower(name)), []rune(strings.ToLower(word))
	stem := max(4, len(n)-2)
	return len(n) >= stem && len(w) >= stem && string(n[:stem]) == string(w[:stem]) && len(w) <= len(n)+3
}
