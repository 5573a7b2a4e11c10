// Package submissiontest puts a quick service with its centres, card and form into a test's replica, and plays the
// inside: it fetches, opens and answers. Only tests may import it.
package submissiontest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

// Region is what stands in the replica.
type Region struct {
	DB                  *pgtest.Database
	Service, Form       uuid.UUID
	Centre, OtherCentre uuid.UUID
	Authority           uuid.UUID
	tb                  testing.TB
}

// Code is the code of the service.
const Code = "01-07"

// Key is the key pair of the intake, made once.
var Key = sync.OnceValue(func() seal.PrivateKey {
	k, err := seal.Generate("portal.example")
	if err != nil {
		panic(err)
	}
	return k
})

var mold pgtest.Mold[*Region]

// New gives the test a replica of its own with the region in it. The region is made once in a process and copied then, since
// indexing words of services takes as long as loading the dictionary.
func New(tb testing.TB) *Region {
	tb.Helper()
	db, made := mold.Copy(tb, pgtest.ExternalPlain, func(db *pgtest.Database) *Region { return load(tb, db) })
	r := *made
	r.DB, r.tb = db, tb
	return &r
}

// load fills the replica.
func load(tb testing.TB, db *pgtest.Database) *Region {
	tb.Helper()
	r := &Region{
		DB: db, tb: tb, Service: newID(), Form: newID(), Centre: newID(), OtherCentre: newID(), Authority: newID(),
	}
	db.Exec(`insert into org.authorities (id, code, name, name_en, short_name, short_name_en, level, edrpou, address, address_en, phones, email, site, schedule, people, published, updated_at)
		values ($1, 'eco', 'Управління екології', 'Department of Ecology', 'Екологія', 'Ecology', 'local', '', '', '', '{}', '', '', '{}', '[]', true, now())`, r.Authority)
	for code, id := range map[string]uuid.UUID{"01": r.Centre, "02": r.OtherCentre} {
		db.Exec(`insert into org.centres (id, code, name, name_en, address, address_en, directions, directions_en, phones, email, site, schedule, people, published, updated_at)
			values ($1, $2, $3, $4, 'вул. Соборна, 1', '1 Soborna St', '', '', '{+380440000001}', '', '', '{}', '[]', true, now())`,
			id, code, "ЦНАП №"+code, "Centre No. "+code)
	}
	db.Exec(`insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, authority_id, applicant_types, quick, published, updated_at)
		values ($1, $2, 'Витяг з реєстру громади', 'Extract from the register', '', '', '', $3, '{person,entity}', true, true, now())`, r.Service, Code, r.Authority)
	db.Exec(`insert into catalogue.service_centres values ($1, $2), ($1, $3)`, r.Service, r.Centre, r.OtherCentre)
	db.Exec(`insert into catalogue.cards (id, service_id, number, effective_from, content, published_at, published)
		values ($1, $2, 1, '2026-01-01', $3, now(), true)`, newID(), r.Service, mustJSON(tb, Card()))
	r.SetForm("extract.json", 1)
	return r
}

// SetForm publishes a version of the form, which is a file of shared/forms/testdata.
func (r *Region) SetForm(form string, number int) {
	r.tb.Helper()
	r.Form = newID()
	r.DB.Exec(`insert into catalogue.forms (id, service_id, number, effective_from, schema, published) values ($1, $2, $3, '2026-01-01', $4, true)`,
		r.Form, r.Service, number, Schema(r.tb, form))
}

// Schema is a form of shared/forms/testdata.
func Schema(tb testing.TB, name string) []byte {
	tb.Helper()
	_, self, _, _ := runtime.Caller(0)
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(self), "../../../../shared/forms/testdata", name)) //nolint:gosec // of this repository
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// Card is the information card of the service.
func Card() contract.Card {
	return contract.Card{
		Description: locale.Text{UK: "<p>Про послугу.</p>", EN: "<p>About.</p>"},
		Documents: []contract.Document{
			{ID: "passport", Name: locale.Text{UK: "Паспорт", EN: "Passport"}, Required: true, Form: "copy"},
			{ID: "proof", Name: locale.Text{UK: "Довідка про склад сім’ї", EN: "Family certificate"}, Note: locale.Text{UK: "якщо потрібна", EN: "if needed"}},
		},
		Term: contract.Term{Days: 5}, Result: locale.Text{UK: "Витяг", EN: "Extract"},
	}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func mustJSON(tb testing.TB, v any) []byte {
	tb.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}
