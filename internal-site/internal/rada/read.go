package rada

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// card is a card as it comes. Numbers come as numbers or as text.
type card struct {
	Result   loose  `json:"result_code"`
	Register string `json:"nreg"`
	Title    string `json:"nazva"`
	Status   loose  `json:"status"`
	Organs   string `json:"organs"` // «95:20120906:5203-VI|…»: issuer, day and number, of each issuer
	Editions []struct {
		Day   loose  `json:"datred"`   // YYYYMMDD
		Bases string `json:"pidstava"` // register numbers, with commas
	} `json:"eds"`
}

// loose is a number or the text of one.
type loose string

// UnmarshalJSON takes both, and nothing for null.
func (l *loose) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	if text[0] != '"' {
		var number json.Number
		err := json.Unmarshal(text, &number)
		*l = loose(number)
		return err
	}
	return json.Unmarshal(text, (*string)(l))
}

// Limits of what is taken from a card.
const (
	maxEditions = 2000
	maxBases    = 20
	maxTitle    = 2000 // letters
	maxNumber   = 100
	// farthest is how far ahead an edition may be in force: a day beyond it stands for one that is not known yet.
	farthest = 10 * 366 * 24 * time.Hour
)

func readCard(body []byte) (c Card, err error) {
	var in card
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &in); err != nil {
		return c, fault.Wrap(fault.Invalid, err, "rada.garbled")
	}
	switch {
	case in.Result == "404":
		return c, fault.New(fault.NotFound, "rada.unknown")
	case in.Result != "" && in.Result != "200":
		return c, fault.New(fault.Unavailable, "rada.failed", cut(plain.Line(string(in.Result)), maxNumber))
	case strings.TrimSpace(in.Title) == "" || len(in.Editions) > maxEditions:
		return c, fault.New(fault.Invalid, "rada.garbled")
	}
	c.Title = cut(words(in.Title), maxTitle)
	c.State, _ = strconv.Atoi(string(in.Status))
	c.Number, c.Adopted = issued(in.Organs)
	for _, one := range in.Editions {
		day, ok := readDay(string(one.Day))
		if !ok || time.Until(day) > farthest {
			continue
		}
		e := Edition{Day: day}
		for base := range strings.SplitSeq(one.Bases, ",") {
			if base = Register(base); base != "" && len(e.Bases) < maxBases {
				e.Bases = append(e.Bases, base)
			}
		}
		c.Editions = append(c.Editions, e)
	}
	slices.SortStableFunc(c.Editions, func(a, b Edition) int { return a.Day.Compare(b.Day) })
	c.Editions = slices.CompactFunc(c.Editions, func(a, b Edition) bool { return a.Day.Equal(b.Day) })
	return c, nil
}

// words is text without what HTML has instead of letters. It stays text: whoever shows it writes its «<» as one.
func words(s string) string { return plain.Line(html.UnescapeString(s)) }

func cut(s string, letters int) string {
	if runes := []rune(s); len(runes) > letters {
		return string(runes[:letters])
	}
	return s
}

// issued is the number of an act and the day of its adoption, as its first issuer has them.
func issued(organs string) (number, adopted string) {
	first, _, _ := strings.Cut(organs, "|")
	parts := strings.SplitN(first, ":", 3)
	if len(parts) < 3 {
		return "", ""
	}
	if day, ok := readDay(parts[1]); ok {
		adopted = day.Format(time.DateOnly)
	}
	return cut(strings.TrimLeft(words(parts[2]), "№ "), maxNumber), adopted
}

func readDay(s string) (time.Time, bool) {
	day, err := time.Parse("20060102", s)
	return day, err == nil && day.Year() >= 1900
}

// placeholder is the text of an edition whose text is still being made.
const placeholder = "Відбувається форматування тексту"

// readText is the text of an edition as people read it: paragraphs without what nobody sees.
func readText(body []byte) (string, error) {
	text := plain.Visible(strings.TrimPrefix(string(body), "\ufeff"))
	if short := strings.TrimSpace(text); short == "" || len(short) < 1000 && strings.Contains(short, placeholder) {
		return "", fault.New(fault.Unavailable, "rada.empty")
	}
	// What the register says of an error in data would be published as the law.
	if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Valid([]byte(text)) {
		return "", fault.New(fault.Unavailable, "rada.garbled")
	}
	return text, nil
}
