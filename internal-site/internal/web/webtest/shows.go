package webtest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

// filledIn is a form with something in most of the fields that the site's forms have, and every final question answered.
func filledIn() url.Values {
	return url.Values{
		"version": {"1"}, "sure": {"yes"}, "reason": {"Причина"}, "note": {"Нотатка"}, "do": {"save"}, "decision": {"close"}, "to": {"off"},
		"name.uk": {"Назва"}, "name.en": {"Name"}, "full_name": {"Іваненко Іван"}, "login": {"new.person"}, "code": {"01-07/77"},
		"place": {"region"}, "until": {"2100-01-01T00:00:00Z"}, "act": {"note"}, "text": {"Текст"}, "closing": {"Закрито"},
	}
}

// showsOnly sends every form of the site to be seen and no more, in every role, and looks whether anything has changed. A
// form of which nobody has asked what is wrong, filled in or empty, does not say it.
func (s *Site) showsOnly(t *testing.T, entries []area.Entry, path func(string) string, all map[string]access.Actor) {
	t.Helper()
	clients := map[string]Client{}
	for who, actor := range all {
		clients[who] = s.As(actor)
	}
	before := s.everything()
	for _, e := range entries {
		if e.Method != http.MethodPost {
			continue
		}
		address := web.ShowPath(path(e.Path)) + "&lang=en"
		for who, c := range clients {
			for _, send := range []func() *httptest.ResponseRecorder{
				func() *httptest.ResponseRecorder { return c.Post(address, filledIn()) },
				func() *httptest.ResponseRecorder { return c.Multipart(address, filledIn(), "", "", nil) },
			} {
				if w := send(); w.Code >= http.StatusInternalServerError {
					t.Errorf("POST %s as %s: %d", address, who, w.Code)
				}
			}
			for _, typed := range []url.Values{filledIn(), {}, {"version": {"1"}}} {
				unasked := web.ShowUnaskedPath(path(e.Path)) + "&lang=en"
				for _, w := range []*httptest.ResponseRecorder{c.Post(unasked, typed), c.Multipart(unasked, typed, "", "", nil)} {
					if w.Code == http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "govuk-error-message") {
						t.Errorf("POST %s as %s: %d, and it says what is wrong: %s", unasked, who, w.Code, firstMistake(w.Body.String()))
					}
				}
			}
		}
	}
	for table, content := range s.everything() {
		if content != before[table] {
			t.Errorf("forms that were only to be seen have changed %s", table)
		}
	}
}

// firstMistake is the first message of a page about a field.
func firstMistake(page string) string {
	_, rest, _ := strings.Cut(page, `govuk-error-message"><span class="govuk-visually-hidden">`)
	message, _, _ := strings.Cut(rest, "</p>")
	return strings.TrimSpace(message)
}

// everything is a hash of each table's rows, but of the sessions, which every request keeps alive.
func (s *Site) everything() map[string]string {
	s.tb.Helper()
	rows, err := s.DB.Pool.Query(s.tb.Context(), `
		select format('%I.%I', schemaname, tablename) from pg_tables
		where schemaname not in ('pg_catalog', 'information_schema') and (schemaname, tablename) <> ('access', 'sessions')`)
	if err != nil {
		s.tb.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			s.tb.Fatal(err)
		}
		tables = append(tables, name)
	}
	content := map[string]string{}
	for _, name := range slices.Sorted(slices.Values(tables)) {
		var hash string
		err := s.DB.Pool.QueryRow(s.tb.Context(), `select coalesce(md5(string_agg(t::text, '' order by t::text)), '') from `+name+` t`).Scan(&hash)
		if err != nil {
			s.tb.Fatal(strings.TrimSpace(name), err)
		}
		content[name] = hash
	}
	return content
}
