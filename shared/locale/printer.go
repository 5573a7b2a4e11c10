package locale

import (
	"fmt"
	"strings"
	"time"
)

// Printer writes messages and values in one language. It is safe for concurrent use.
type Printer struct {
	lang Lang
	cat  *Catalogue
}

// In returns the printer for lang.
func (c *Catalogue) In(lang Lang) *Printer {
	if lang != EN {
		lang = UK
	}
	return &Printer{lang: lang, cat: c}
}

// Lang returns the printer's language.
func (p *Printer) Lang() Lang { return p.lang }

// T returns the message under key with args in its placeholders. A message with plural forms picks the
// form by its first argument, which must be a whole number. Numbers, dates, Money and Text are written
// the way the language writes them. A key that no catalogue has is returned as it is.
func (p *Printer) T(key string, args ...any) string {
	m, ok := p.cat.messages[p.lang][key]
	if !ok {
		return key
	}
	var b strings.Builder
	for _, piece := range m.form(p.lang, args) {
		switch {
		case piece.arg < 0:
			b.WriteString(piece.text)
		case piece.arg < len(args):
			b.WriteString(p.Value(args[piece.arg]))
		}
	}
	return b.String()
}

// Has says whether the printer's language has a message under key.
func (p *Printer) Has(key string) bool {
	_, ok := p.cat.messages[p.lang][key]
	return ok
}

// Value writes one value the way T writes arguments.
func (p *Printer) Value(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case Text:
		text, _ := v.In(p.lang)
		return text
	case time.Time:
		return p.Date(v)
	case Money:
		return p.Money(v)
	case float64:
		return p.Decimal(v, -1)
	case fmt.Stringer:
		return v.String()
	}
	if n, ok := integer(v); ok {
		return p.Number(n)
	}
	return fmt.Sprint(v)
}

// Forms returns the raw plural forms of the message under key by category ("" when it has no forms), with
// count in place of its first placeholder, for scripts that choose the form themselves.
func (p *Printer) Forms(key, count string) map[string]string {
	m := p.cat.messages[p.lang][key]
	forms := make(map[string]string, len(m.forms))
	for category, pieces := range m.forms {
		var b strings.Builder
		for _, piece := range pieces {
			if piece.arg >= 0 {
				b.WriteString(count)
			}
			b.WriteString(piece.text)
		}
		if len(m.forms) == 1 {
			category = ""
		}
		forms[category] = b.String()
	}
	return forms
}
