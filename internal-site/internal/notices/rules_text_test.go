package notices_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/notices"
	"portal.example/shared/locale"
)

var writer = notices.Writer{Words: locale.MustLoad(notices.Words), PublicURL: "https://posluhy.example.gov.ua/"}

func told(state string, lang locale.Lang) notices.Facts {
	f := facts(state)
	f.Service = locale.Text{UK: "Призначення державної допомоги при народженні дитини та одноразової натуральної допомоги «пакунок малюка» особам, які її потребують", EN: "Childbirth benefit"}
	f.Centre, f.Address, f.Phones = locale.Text{UK: "ЦНАП Вишневої громади", EN: "Vyshneve centre"}, locale.Text{UK: "вул. Соборна, 1"}, []string{"+380 44 000 00 01"}
	f.Contact.Language = lang
	return f
}

// Every notice, in both languages and both channels, has number, service, what to do and a link or a place, fits, and names nobody.
func TestNoticesSayWhatToDo(t *testing.T) {
	for _, lang := range []locale.Lang{locale.UK, locale.EN} {
		for _, kind := range notices.Kinds {
			for _, tracked := range []bool{true, false} {
				f := told("decided", lang)
				f.Tracked = tracked
				n := notices.Notice{EventID: uuid.New(), Kind: kind, At: now}
				letter, short := writer.Write(n, f, notices.Email, "olena@example.org"), writer.Write(n, f, notices.SMS, "+380501234567")
				where := "+380 44 000 00 01"
				if tracked {
					where = "https://posluhy.example.gov.ua/track?number=01-2026-000123"
				}
				service, _ := f.Service.In(lang)
				for _, part := range []string{f.Number, service, where} {
					if !strings.Contains(letter.Text, part) {
						t.Errorf("%s letter of %s lacks %q:\n%s", lang, kind, part, letter.Text)
					}
				}
				if !strings.Contains(letter.Subject, f.Number) || !strings.Contains(short.Text, f.Number) || !strings.HasSuffix(short.Text, where) || !strings.Contains(short.Text, string([]rune(service)[:12])) {
					t.Errorf("%s %s: %q, %q", lang, kind, letter.Subject, short.Text)
				}
				until := writer.Words.In(lang).DateShort(*f.Until)
				if kind == notices.ResultWaits && (!strings.Contains(letter.Text, until) || !strings.Contains(short.Text, until)) {
					t.Errorf("%s: until when the result is kept is not said: %s, %s", lang, letter.Text, short.Text)
				}
				if n := len(utf16.Encode([]rune(short.Text))); n > 201 {
					t.Errorf("%s %s: a short message of %d", lang, kind, n)
				}
				if all := letter.Subject + letter.Text + short.Text; strings.Contains(all, "olena") || strings.Contains(all, "501234567") || strings.Contains(all, "notices.") || strings.Contains(all, "{") {
					t.Errorf("%s %s: %s", lang, kind, all)
				}
			}
		}
	}
}
