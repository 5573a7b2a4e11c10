package rights_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/pg"
)

func init() { known["cases"] = objects{"cases.cases c", cases.ScopeSQL, someCases} }

func someCases(t *testing.T, r *fixture.Region) map[uuid.UUID]access.Object {
	t.Helper()
	belong := map[uuid.UUID]access.Object{}
	all := access.Actor{Rights: access.Rights{cases.View: {All: true}}}
	for i, filing := range []cases.Filing{
		{ServiceID: r.Service, CentreID: r.Centre}, {ServiceID: r.OtherService, CentreID: r.OtherCentre},
	} {
		message := fixture.NewID()
		filing.MessageID, filing.Channel, filing.ReceiptNumber = &message, cases.Online, fmt.Sprintf("7K2M-9QX%d", i)
		filing.Applicant = cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Їжак", TaxNumber: "1234567899"}
		filing.FiledAt, filing.CodeHash = fixture.Now, bytes.Repeat([]byte{byte(i)}, 32)
		err := pg.InTx(t.Context(), r.DB.Pool, func(tx pgx.Tx) error {
			c, err := cases.NewStore(nil).Register(t.Context(), tx, filing, audit.System("intake"))
			if err != nil {
				return err
			}
			belong[c.ID] = access.Object{}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for id := range belong {
		w, err := cases.NewStore(r.DB.Pool).Work(t.Context(), all, id)
		if err != nil {
			t.Fatal(err)
		}
		belong[id] = w.Case.Object(w.Stages)
	}
	return belong
}
