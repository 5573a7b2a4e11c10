package prepare

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// Recorded is a table as the target records it.
type Recorded struct {
	Name      string // "schema.name"
	Columns   []string
	Condition string
	State     string
}

// Difference is where the replica does not follow the whitelist yet. Tables are named "schema.name".
type Difference struct {
	Added     []string // listed, not recorded
	Dropped   []string // recorded, no longer listed
	Redefined []string // other columns or another filter
	Recorded  []Recorded
}

// Empty reports whether the replica follows the whitelist.
func (d Difference) Empty() bool { return len(d.Added)+len(d.Dropped)+len(d.Redefined) == 0 }

// Words describes what is different.
func (d Difference) Words() string {
	var all []string
	for _, of := range []struct {
		names []string
		what  string
	}{{d.Added, "not in it"}, {d.Dropped, "no longer listed"}, {d.Redefined, "listed with other columns or rows"}} {
		if len(of.names) > 0 {
			all = append(all, of.what+": "+strings.Join(of.names, ", "))
		}
	}
	return strings.Join(all, "; ")
}

// Verbs says which commands would make the replica follow the whitelist.
func (d Difference) Verbs() string {
	var all []string
	for verb, names := range map[string][]string{"add": d.Added, "drop": d.Dropped, "resync": d.Redefined} {
		if len(names) > 0 {
			all = append(all, "syncer table "+verb+" "+strings.Join(names, " "))
		}
	}
	slices.Sort(all)
	if len(all) > 1 {
		return "`syncer table apply`"
	}
	return "`" + strings.Join(all, "") + "`"
}

// Differs compares the whitelist with what the target records of the slot's replica.
func Differs(ctx context.Context, db relation.Queryer, slot string, list *whitelist.List) (Difference, error) {
	var d Difference
	rows, err := db.Query(ctx, `SELECT name, columns, condition, state FROM sync.tables WHERE slot = $1 ORDER BY name`, slot)
	if err == nil {
		d.Recorded, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Recorded])
	}
	if code := link.Code(err); code == "42P01" || code == "3F000" || code == "42703" {
		return d, replica.ErrNoProgress
	}
	if err != nil {
		return d, link.Fail("target: read tables", err)
	}
	if len(d.Recorded) == 0 {
		return d, replica.ErrNoProgress
	}
	return d.compareWith(list), nil
}

// compareWith compares what is recorded with the whitelist.
func (d Difference) compareWith(list *whitelist.List) Difference {
	d.Added, d.Dropped, d.Redefined = nil, nil, nil
	for _, t := range list.Tables {
		i := slices.IndexFunc(d.Recorded, func(r Recorded) bool { return r.Name == t.FullName() })
		switch {
		case i < 0:
			d.Added = append(d.Added, t.FullName())
		case !d.Recorded[i].isListedBy(t):
			d.Redefined = append(d.Redefined, t.FullName())
		}
	}
	for _, r := range d.Recorded {
		if !slices.ContainsFunc(list.Tables, func(t whitelist.Table) bool { return t.FullName() == r.Name }) {
			d.Dropped = append(d.Dropped, r.Name)
		}
	}
	return d
}

// applyRenames treats tables that are recorded under a former name as recorded under their new one.
func (d Difference) applyRenames(was map[string]string, list *whitelist.List) (Difference, error) {
	d.Recorded = slices.Clone(d.Recorded)
	for name, former := range was {
		if _, done := d.recordedAs(name); done { // by a command that was interrupted
			continue
		}
		i := slices.IndexFunc(d.Recorded, func(r Recorded) bool { return r.Name == former })
		if i < 0 {
			return d, fault.Usagef("table resync %s --was %s: the replica has no %s", name, former, former)
		}
		// A table that was renamed without having been released will do as well: the stream has stopped at it.
		if state := d.Recorded[i].State; state != "released" && state != "ready" {
			return d, fault.Usagef("table resync %s --was %s: %s is being loaded (%s); rename it back, let `syncer run` finish that, and run `syncer table release %s` before it is renamed",
				name, former, former, state, former)
		}
		d.Recorded[i].Name = name
	}
	return d.compareWith(list), nil
}

// isListedBy reports whether the record agrees with the whitelist. The order of columns does not matter.
func (r Recorded) isListedBy(t whitelist.Table) bool {
	return r.Condition == t.Where && slices.Equal(slices.Sorted(slices.Values(r.Columns)), slices.Sorted(slices.Values(t.Columns)))
}

func (d Difference) recordedAs(name string) (Recorded, bool) {
	i := slices.IndexFunc(d.Recorded, func(r Recorded) bool { return r.Name == name })
	if i < 0 {
		return Recorded{}, false
	}
	return d.Recorded[i], true
}

// Order is what `table add`, `drop`, `resync` or `apply` was asked to do.
type Order struct {
	Add, Drop, Resync []string          // "schema.name"
	All               bool              // whatever the whitelist says, besides Resync
	KeepRows          bool              // of dropped tables, on the target
	Freeze            bool              // resynced tables get no changes of the stream until they are swapped
	Every             bool              // resync all tables but those that are released
	Was               map[string]string // former names of resynced tables that were renamed
}

// checkOrder refuses an order that is not exactly what the whitelist asks for. So nobody accidentally drops or adds a table because of
// another edit of the file.
func (d Difference) checkOrder(o *Order) error {
	if o.All {
		o.Add, o.Drop = d.Added, d.Dropped
		return nil
	}
	o.Add = slices.DeleteFunc(o.Add, d.isListedAs)
	for _, of := range []struct {
		verb         string
		asked, wants []string
		not          string
	}{
		{"add", o.Add, d.Added, "the whitelist does not list it, or lists other columns or another filter of it than the replica has (`syncer table resync`)"},
		{"drop", o.Drop, d.Dropped, "the whitelist still lists it (take it off first), or the replica never had it"},
	} {
		if extra := namesWithout(of.asked, of.wants); len(extra) > 0 {
			return fault.Usagef("table %s %s: %s", of.verb, extra[0], of.not)
		}
	}
	for _, name := range o.Resync {
		if r, ok := d.recordedAs(name); !ok || slices.Contains(d.Dropped, name) {
			return fault.Usagef("table resync %s: it is not in the replica; the whitelist decides what is", name)
		} else if r.State == "waiting" || r.State == "copying" {
			return fault.Usagef("table resync %s: it is being loaded for the first time; let `syncer run` finish that", name)
		}
	}
	rest := Difference{Added: namesWithout(d.Added, o.Add), Dropped: namesWithout(d.Dropped, o.Drop), Redefined: namesWithout(d.Redefined, o.Resync)}
	if !rest.Empty() {
		return fault.Unsafef("the whitelist also differs from the replica in other tables (%s); `syncer table apply` does all of it at once, or undo the rest of the edit",
			strings.Join(slices.Concat(rest.Added, rest.Dropped, rest.Redefined), ", "))
	}
	return nil
}

// loadableNames returns all tables that can be loaded anew now.
func (d Difference) loadableNames() (names []string) {
	for _, r := range d.Recorded {
		if (r.State == "ready" || r.State == "joining") && !slices.Contains(d.Dropped, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// isListedAs reports whether the table is recorded as it is listed. Adding it again then continues a command that was interrupted, even if
// the running syncer has loaded the table meanwhile; otherwise there is nothing to do.
func (d Difference) isListedAs(name string) bool {
	_, recorded := d.recordedAs(name)
	return recorded && !slices.Contains(d.Dropped, name) && !slices.Contains(d.Redefined, name)
}

func namesWithout(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(v string) bool { return slices.Contains(b, v) })
}
