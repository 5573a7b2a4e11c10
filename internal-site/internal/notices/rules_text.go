package notices

import (
	"strings"

	"portal.example/shared/locale"
)

// Writer words notices. PublicURL is the address of the public site; without it notices name the centre only.
type Writer struct {
	Words     *locale.Catalogue
	PublicURL string
}

// Write words the notice for its channel in the applicant's language: number, service, what to do and where. It names
// nobody and repeats nothing that staff wrote, since phones and mailboxes are read by others too.
func (w Writer) Write(n Notice, f Facts, channel ChannelName, to string) Letter {
	p := w.Words.In(f.Contact.Language)
	l := Letter{ID: n.EventID, To: to, Subject: p.T("notices.subject."+string(n.Kind), f.Number)}
	if channel == SMS {
		l.Text = w.short(p, n, f)
		return l
	}
	l.Text = strings.Join([]string{
		p.T("notices.hello"),
		p.T("notices.says."+string(n.Kind), f.Number, until(p, f)),
		p.T("notices.service_is", in(p, f.Service)),
		w.advice(p, n, f),
		p.T("notices.questions", in(p, f.Centre), in(p, f.Address), strings.Join(f.Phones, ", ")),
		p.T("notices.automatic"),
	}, "\n\n") + "\n"
	return l
}

// until is the day until which the result is stored; "" while nothing was said of it.
func until(p *locale.Printer, f Facts) string {
	if f.Until == nil {
		return ""
	}
	return p.DateShort(*f.Until)
}

// advice says what to do.
func (w Writer) advice(p *locale.Printer, n Notice, f Facts) string {
	key := "notices.do." + string(n.Kind)
	if !f.Tracked || w.PublicURL == "" {
		return p.T(key + "_centre")
	}
	return p.T(key, w.link(f.Number))
}

// link opens the page of tracking with the number; the code is never in it.
func (w Writer) link(number string) string {
	return strings.TrimSuffix(w.PublicURL, "/") + "/track?number=" + number
}

// maxShort is how long a short message may be: three parts.
const maxShort = 3 * PartOfMany

// PartOfMany is how many UTF-16 units a part of a longer message holds, PartAlone a message of one part.
const (
	PartAlone  = 70
	PartOfMany = 67
)

// short words a notice for SMS. The name of the service gives way when the message would be longer than three parts.
func (w Writer) short(p *locale.Printer, n Notice, f Facts) string {
	where := in(p, f.Centre)
	if len(f.Phones) > 0 {
		where = f.Phones[0]
	}
	if f.Tracked && w.PublicURL != "" {
		where = w.link(f.Number)
	}
	say := func(service string) string {
		return p.T("notices.short."+string(n.Kind), f.Number, service, where, until(p, f))
	}
	service := in(p, f.Service)
	return say(shorten(service, maxShort-units(say(""))))
}

// shorten cuts s to so many UTF-16 units, at the end of a word where there is one.
func shorten(s string, most int) string {
	if units(s) <= most {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && units(string(r))+1 > most {
		r = r[:len(r)-1]
	}
	cut := string(r)
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,.«(") + "…"
}

// units counts what UCS-2 counts: a character outside the basic plane is two.
func units(s string) (n int) {
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// in is the text in the reader's language, and in Ukrainian where it was not translated.
func in(p *locale.Printer, t locale.Text) string {
	text, _ := t.In(p.Lang())
	return text
}
