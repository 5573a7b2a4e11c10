package rada_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/rada"
	"portal.example/shared/fault"
	"portal.example/shared/radatest"
)

var services = radatest.Act{
	Register: "5203-17", Number: "5203-VI", Title: "Про адміністративні &laquo;послуги&raquo;<script>", Adopted: "20120906", Status: 5,
	Editions: []radatest.Edition{{Day: "20120906", Text: "Стаття 1\r\nперша"}, {Day: "20240101", Bases: "2073-20, 3000-IX,<b>", Text: "\ufeffСтаття 1\n<b>друга\u202e</b>"}, {Day: "29990101"}},
}

// open serves the stand-in, and asks it as often as a test likes.
func open(t *testing.T, pause time.Duration) (*radatest.Server, *rada.Client) {
	t.Helper()
	there := radatest.New(services)
	s := httptest.NewServer(there)
	t.Cleanup(s.Close)
	c, err := rada.New(rada.Config{Address: s.URL, Contact: "portal@cnap.example", Pause: pause})
	if err != nil {
		t.Fatal(err)
	}
	return there, c
}

func TestCardAndText(t *testing.T) {
	there, c := open(t, time.Nanosecond)
	card, mark, changed, err := c.Card(t.Context(), "5203-17", rada.Mark{})
	if err != nil || !changed || mark.ETag == "" {
		t.Fatal(card, mark, changed, err)
	}
	if card.Number != "5203-VI" || card.Adopted != "2012-09-06" || card.State != 5 || card.Title != "Про адміністративні «послуги»<script>" {
		t.Errorf("%+v", card)
	}
	// The edition of a day that stands for none is left out, and so is what cannot be a register number.
	if len(card.Editions) != 2 || card.Editions[0].Day.Year() != 2012 || strings.Join(card.Editions[1].Bases, "|") != "2073-20|3000-ix" {
		t.Errorf("%+v", card.Editions)
	}
	if _, again, changed, err := c.Card(t.Context(), "5203-17", mark); err != nil || changed || again != mark {
		t.Errorf("again: %v %v %v", again, changed, err)
	}
	if text, err := c.Text(t.Context(), "5203-17", card.Editions[1].Day); err != nil || text != "Стаття 1\n<b>друга</b>" {
		t.Errorf("%q %v", text, err)
	}
	for _, asked := range there.Asked() {
		if asked.Header.Get("User-Agent") != "OpenData" || asked.Header.Get("From") != "portal@cnap.example" {
			t.Errorf("%s: %v", asked.Path, asked.Header)
		}
	}
}

// The rules want a pause between any two requests, whoever makes them.
func TestPause(t *testing.T) {
	const pause = 50 * time.Millisecond
	there, c := open(t, pause)
	done := make(chan error, 3)
	for range cap(done) {
		go func() {
			_, _, _, err := c.Card(t.Context(), "5203-17", rada.Mark{})
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	asked := there.Asked()
	for i := range asked[1:] {
		if gap := asked[i+1].At.Sub(asked[i].At); gap < pause {
			t.Errorf("a pause of %s", gap)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Text(ctx, "5203-17", time.Now()); !errors.Is(err, context.Canceled) || len(there.Asked()) != cap(done) {
		t.Errorf("%v", err)
	}
}

func TestWrongAnswers(t *testing.T) {
	answer := func(code int, kind, body string, more ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			for i := 0; i < len(more); i += 2 {
				w.Header().Set(more[i], more[i+1])
			}
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}
	}
	const isJSON = "application/json"
	for name, one := range map[string]struct {
		wrong http.HandlerFunc
		key   string
	}{
		"a page":              {answer(200, "text/html", "<p>Увійдіть"), "rada.page"},
		"a page in disguise":  {answer(200, isJSON, "\ufeff\n<!DOCTYPE html>"), "rada.page"},
		"a redirect":          {answer(302, "text/html", "", "Location", "https://zakon.rada.gov.ua/"), "rada.elsewhere"},
		"nothing there":       {answer(404, "text/html", ""), "rada.unknown"},
		"unknown in words":    {answer(200, isJSON, `{"result_code":404,"result":"not found"}`), "rada.unknown"},
		"an error in words":   {answer(200, isJSON, `{"result_code":"500"}`), "rada.failed"},
		"an error":            {answer(500, isJSON, "{}"), "rada.failed"},
		"unchanged, unasked":  {answer(304, isJSON, ""), "rada.elsewhere"},
		"too often":           {answer(429, isJSON, "", "Retry-After", "0"), "rada.refused"},
		"forbidden":           {answer(403, isJSON, ""), "rada.refused"},
		"cut":                 {answer(200, isJSON, `{"nazva":`, "Content-Length", "1000"), "rada.cut"},
		"cut without a word":  {answer(200, isJSON, `{"nazva":"Про`), "rada.garbled"},
		"another shape":       {answer(200, isJSON, `[1]`), "rada.garbled"},
		"no title":            {answer(200, isJSON, `{"nreg":"1"}`), "rada.garbled"},
		"windows-1251":        {answer(200, isJSON, "{\"nazva\":\"\xcf\xf0\xee\"}"), "rada.encoding"},
		"larger than is read": {answer(200, isJSON, strings.Repeat(" ", 4<<20+1)), "rada.large"},
	} {
		t.Run(name, func(t *testing.T) {
			there, c := open(t, time.Nanosecond)
			there.Fail(one.wrong)
			_, _, changed, err := c.Card(t.Context(), "5203-17", rada.Mark{})
			if changed || fault.MessageKey(err) != one.key {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("away", func(t *testing.T) {
		c, err := rada.New(rada.Config{Address: "http://127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := c.Card(t.Context(), "5203-17", rada.Mark{}); fault.MessageKey(err) != "rada.away" {
			t.Error(err)
		}
	})
	t.Run("a number of an error that never ends", func(t *testing.T) {
		there, c := open(t, time.Nanosecond)
		there.Fail(answer(200, isJSON, `{"result_code":"`+strings.Repeat("5", 1<<20)+`"}`))
		_, _, _, err := c.Card(t.Context(), "5203-17", rada.Mark{})
		var e *fault.Error
		if !errors.As(err, &e) || len(e.Args) != 1 || len(e.Args[0].(string)) > 100 {
			t.Error("it is kept whole")
		}
	})
	t.Run("an error in place of a text", func(t *testing.T) {
		there, c := open(t, time.Nanosecond)
		there.Fail(answer(200, isJSON, `{"result_code":500,"result":"error"}`))
		if text, err := c.Text(t.Context(), "5203-17", time.Now()); fault.MessageKey(err) != "rada.garbled" {
			t.Errorf("%q %v", text, err)
		}
	})
	t.Run("no text yet", func(t *testing.T) {
		there, c := open(t, time.Nanosecond)
		for _, body := range []string{" \n", "Відбувається форматування тексту, зачекайте"} {
			there.Fail(answer(200, "text/plain", body))
			if _, err := c.Text(t.Context(), "5203-17", time.Now()); fault.MessageKey(err) != "rada.empty" {
				t.Error(err)
			}
		}
	})
}

// Whoever asks to be left alone is.
func TestRetryAfter(t *testing.T) {
	there, c := open(t, time.Nanosecond)
	there.Fail(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, _, _, err := c.Card(t.Context(), "5203-17", rada.Mark{})
	if fault.WaitOf(err) != time.Hour {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, _, _, err := c.Card(ctx, "5203-17", rada.Mark{}); !errors.Is(err, context.DeadlineExceeded) || len(there.Asked()) != 1 {
		t.Errorf("%v after %d requests", err, len(there.Asked()))
	}
}

func TestRegister(t *testing.T) {
	for typed, want := range map[string]string{
		" 5203-17 ":  "5203-17",
		"588-2019-П": "588-2019-п",
		"254к/96-ВР": "254к/96-вр",
		"z0282-18":   "z0282-18",
		"995_004":    "995_004",
		"https://zakon.rada.gov.ua/laws/show/5203-17#Text":                    "5203-17",
		"https://zakon.rada.gov.ua/laws/show/254%D0%BA/96-%D0%B2%D1%80/print": "254к/96-вр",
		"https://zakon.rada.gov.ua/laws/show/5203-17/ed20240101":              "5203-17",
		"https://data.rada.gov.ua/laws/card/588-2019-%D0%BF":                  "588-2019-п",
		"https://zakon.rada.gov.ua/laws/main/5203-17":                         "",
		"../api/token": "", "5203-17.json": "", "5203-17?x": "", "": "", "про": "", "1/2/3": "", "/5203": "", strings.Repeat("1", 41): "",
	} {
		if got := rada.Register(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestConfiguration(t *testing.T) {
	for _, c := range []rada.Config{
		{},
		{Address: "data.rada.gov.ua"},
		{Address: "http://data.rada.gov.ua"},
		{Address: "https://data.rada.gov.ua/laws"},
		{Address: "https://a:b@data.rada.gov.ua"},
		{Address: "https://data.rada.gov.ua", Pause: time.Millisecond},
		{Address: "https://data.rada.gov.ua", Pause: time.Hour},
	} {
		if _, err := rada.New(c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}
