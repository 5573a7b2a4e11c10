package contract

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// The kinds of questions of a survey.
const (
	AskScale  = "scale"  // "1" to "5"
	AskChoice = "choice" // the key of one of the options
	AskYesNo  = "yes_no" // AnsweredYes or AnsweredNo
	AskText   = "text"   // words, which stay inside
)

// AskKinds lists them in the order pages show them.
var AskKinds = []string{AskScale, AskChoice, AskYesNo, AskText}

// The answers to a question of AskYesNo, and the best mark of a scale.
const (
	AnsweredYes = "yes"
	AnsweredNo  = "no"
	BestMark    = 5
)

// Limits of a survey.
const (
	MaxSurveyQuestions = 20
	MaxSurveyOptions   = 10
	MaxSurveyText      = 2000 // characters of an answer in words
)

// FewestAnswers is how many answers there have to be before anything is said of them outside, and how many more before it is said anew,
// so that nobody who watches the figures sees what one person answered.
const FewestAnswers = 5

// SurveyQuestion is one question of a survey, as both sites keep it in JSON.
type SurveyQuestion struct {
	Key      string         `json:"key"` // q1, q2 …; a key is never used again in its survey
	Kind     string         `json:"kind"`
	Text     locale.Text    `json:"text"`
	Required bool           `json:"required"`
	Options  []SurveyOption `json:"options,omitempty"` // of AskChoice
	Limit    int            `json:"limit,omitempty"`   // of AskText, in characters
}

// SurveyOption is one answer among which somebody chooses.
type SurveyOption struct {
	Key  string      `json:"key"` // o1, o2 …
	Text locale.Text `json:"text"`
}

// Values are the answers that can be counted, in their order; nil for words.
func (q SurveyQuestion) Values() (values []string) {
	switch q.Kind {
	case AskScale:
		for mark := 1; mark <= BestMark; mark++ {
			values = append(values, strconv.Itoa(mark))
		}
	case AskYesNo:
		values = []string{AnsweredYes, AnsweredNo}
	case AskChoice:
		for _, o := range q.Options {
			values = append(values, o.Key)
		}
	}
	return values
}

// Option is the text of the option with the key.
func (q SurveyQuestion) Option(key string) locale.Text {
	for _, o := range q.Options {
		if o.Key == key {
			return o.Text
		}
	}
	return locale.Text{}
}

func (q SurveyQuestion) takes(value string) bool {
	if q.Kind == AskText {
		return utf8.RuneCountInString(value) <= q.Limit && strings.TrimSpace(value) != "" && plain.Lines(value) == value
	}
	return slices.Contains(q.Values(), value)
}

// AnswersFit says whether the answers are ones to the questions: each is offered, and none that has to be there is missing.
func AnswersFit(questions []SurveyQuestion, answers map[string]string) bool {
	taken := 0
	for _, q := range questions {
		value, given := answers[q.Key]
		if given && !q.takes(value) || !given && q.Required {
			return false
		}
		if given {
			taken++
		}
	}
	return taken > 0 && taken == len(answers)
}

// Tallies are how often each value was given, by question and value.
type Tallies map[string]map[string]int

// Of is how many answered the question with a value that can be counted.
func (t Tallies) Of(q SurveyQuestion) (n int) {
	for _, value := range q.Values() {
		n += t[q.Key][value]
	}
	return n
}

// Median is the mark in the middle of all, for AskScale; between two of them the mean. It is 0 when nobody answered.
func (t Tallies) Median(q SurveyQuestion) float64 {
	n := t.Of(q)
	if q.Kind != AskScale || n == 0 {
		return 0
	}
	at := func(place int) float64 { // from 0
		for mark := 1; mark <= BestMark; mark++ {
			if place -= t[q.Key][strconv.Itoa(mark)]; place < 0 {
				return float64(mark)
			}
		}
		return BestMark
	}
	return (at((n-1)/2) + at(n/2)) / 2
}

// Share is how many of a hundred gave the value, rounded.
func (t Tallies) Share(q SurveyQuestion, value string) int {
	n := t.Of(q)
	if n == 0 {
		return 0
	}
	return (200*t[q.Key][value] + n) / (2 * n)
}
