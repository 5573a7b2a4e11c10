package demo

import "time"

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
}
