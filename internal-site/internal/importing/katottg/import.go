package katottg

import (
	"context"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/ukr"
)

// Import reads the codifier and brings org.units to it: units are added and updated, never removed, for
// addresses may still name one that the new edition has no more.
func Import(ctx context.Context, db importing.DB, src Source, o importing.Options) (*report.Report, error) {
	r := &report.Report{}
	units, err := Read(src, r, o.Bar)
	if err != nil {
		return r, err
	}
	event := audit.Entry{Action: "import.katottg", ObjectType: "import", ObjectID: src.Name}
	err = importing.Transact(ctx, db, o, r, event, func(tx importing.Tx) error {
		o.Bar.Stage("write", len(units))
		return write(ctx, tx, units, r, o.Bar.Add)
	})
	return r, err
}

// write compares what is read with what is stored and writes the difference.
func write(ctx context.Context, tx importing.Tx, units []Unit, r *report.Report, step func(int)) error {
	stored, err := load(ctx, tx)
	if err != nil {
		return err
	}
	rows := rowsOf(r)
	var added, changed []Unit
	for _, u := range units {
		old, known := stored[u.Code]
		delete(stored, u.Code)
		switch row := rows[u.Code]; {
		case !known:
			row.Stored = report.Added
			added = append(added, u)
		case old != u:
			noteUpdate(row, old, u)
			changed = append(changed, u)
		default:
			row.Stored = report.Same
		}
	}
	for code, u := range stored {
		r.Row(report.Unit, "", 0, string(code), u.Name).Note("gone", "", "")
	}
	if err := insert(ctx, tx, added); err != nil {
		return err
	}
	step(len(units) - len(changed))
	if err := update(ctx, tx, changed); err != nil {
		return err
	}
	step(len(changed))
	return nil
}

// rowsOf finds the account of every unit that was taken.
func rowsOf(r *report.Report) map[ukr.KATOTTG]*report.Row {
	rows := make(map[ukr.KATOTTG]*report.Row, len(r.Rows()))
	for _, row := range r.Rows() {
		if row.Outcome() == report.Refused {
			continue
		}
		if code, err := ukr.ParseKATOTTG(row.ID); err == nil {
			rows[code] = row
		}
	}
	return rows
}

func noteUpdate(row *report.Row, old, u Unit) {
	for _, f := range []struct{ name, from, to string }{
		{"name", old.Name, u.Name},
		{"category", string(old.Category), string(u.Category)},
		{"parent", string(old.Parent), string(u.Parent)},
	} {
		if f.from != f.to {
			row.Update(f.name, f.from, f.to)
		}
	}
	row.Stored = report.Updated
}
