package demo

import (
	"strings"
	"time"

	"portal.example/internal-site/internal/law"
)

func init() { register(part{name: "law", build: (*builder).law}) }

// law writes the legal acts.
func (b *builder) law() {
	for _, a := range b.acts.State {
		issuer, kind := "Верховна Рада України", a.Kind
		if kind == "" {
			kind = "law"
		}
		b.act(a, kind, "state", issuer, "https://zakon.rada.gov.ua/laws/show/"+escapePath(a.NReg), "")
	}
	for _, a := range b.acts.Local {
		b.act(a, "decision", "local", "Орлопільська міська рада", "", b.region.Note.UK)
	}
}

func (b *builder) act(a act, kind, level, issuer, url, notes string) {
	adopted, err := time.Parse(time.DateOnly, a.Adopted)
	if err != nil {
		b.fail("act %s: %w", a.Key, err)
	}
	b.put("law.acts", cell{"id", idOf("act", a.Key)}, cell{"title", a.Title}, cell{"title_en", a.EN}, cell{"kind", kind},
		cell{"number", a.Number}, cell{"issuer", issuer}, cell{"adopted_on", adopted}, cell{"level", level}, cell{"url", url},
		cell{"notes", notes}, cell{"published", true}, cell{"updated_at", b.founded()})
	for _, e := range a.Editions {
		b.edition(a, e)
	}
}

func (b *builder) edition(a act, e edition) {
	from, err := time.Parse(time.DateOnly, e.From)
	if err != nil {
		b.fail("edition of act %s: %w", a.Key, err)
	}
	b.put("law.editions", cell{"id", idOf("edition", a.Key+e.From)}, cell{"act_id", idOf("act", a.Key)}, cell{"in_force_on", from}, cell{"note", e.Note},
		cell{"body", strings.Join(law.Paragraphs(e.Text), "\n")}, cell{"added_at", b.founded()})
}
