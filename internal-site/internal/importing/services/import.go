package services

import (
	"context"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
)

// Import reads a source and brings the catalogue to it. Nothing is removed: services that the source has no
// more are reported, and staff withdraw them.
func Import(ctx context.Context, db importing.DB, src Source, o importing.Options) (*report.Report, error) {
	r := &report.Report{}
	cat, err := Read(src, r, o.Bar)
	if err != nil {
		return r, err
	}
	event := audit.Entry{Action: "import.services", ObjectType: "import", ObjectID: src.Mapping.Source}
	err = importing.Transact(ctx, db, o, r, event, func(tx importing.Tx) error {
		have, err := load(ctx, tx, src.Mapping.Source)
		if err != nil {
			return err
		}
		p := newPlan(src.Mapping, have, o)
		if err := p.make(cat); err != nil {
			return err
		}
		noteGone(cat, have, r)
		o.Bar.Stage("write", p.batch.Len())
		return p.send(ctx, tx, o.Bar.Add)
	})
	return r, err
}

// noteGone tells which stored services the source does not offer any more.
func noteGone(cat *Catalogue, have *stored, r *report.Report) {
	offered := map[string]bool{}
	for _, s := range cat.Services {
		offered[s.Key] = true
	}
	for key, s := range have.services {
		if !offered[key] {
			r.Row(report.Service, "", 0, key, s.name).Note("gone", "", "")
		}
	}
}
