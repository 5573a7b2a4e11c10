package prepare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// publicationProbe examines the publication: against the whitelist, against what the replica was made by, and against the publications
// of others.
type publicationProbe struct {
	*Report

	name   string
	slot   string
	source *pgx.Conn
	target *pgx.Conn
	follow bool // the replica must follow the whitelist already
}

// examinePublication examines whether the publication is there and is what the whitelist says.
func (x *publicationProbe) examinePublication(ctx context.Context) error {
	name := x.name
	usable := slices.DeleteFunc(slices.Clone(x.Tables), func(t publisher.Table) bool { return t.Info == nil || t.Released })
	filters, err := replica.ReadFilters(ctx, x.target, x.slot)
	if err != nil && !isUnrecorded(err) {
		return err
	}
	p, err := publisher.ReadPublication(ctx, x.source, name)
	if errors.Is(err, publisher.ErrNoPublication) {
		text := "does not exist yet"
		if len(filters) > 0 {
			text = "does not exist, although the replica was made with it: what changes without it never comes; run `syncer init --resync`, which makes it again"
		}
		x.addTodo("source", "publication "+name, text, inSession(usable, publisher.PublicationSQL(name, usable))...)
		x.addFinding(relation.Fine, "source", "publication "+name, Migrations)
		return nil
	}
	if err != nil {
		return err
	}
	x.noteHarmed(p)
	edited, err := x.describeEdited(ctx, usable)
	if err != nil {
		return err
	}
	if why := cmp.Or(p.Differs(x.Tables, filters), edited, x.describeOutOfStep(p)); why != "" {
		x.addTodo("source", "publication "+name, "differs from the whitelist: "+why, inSession(usable, p.AlterSQL(name, usable)...)...)
	}
	return nil
}

// Migrations says what a publication with column lists means for the application's owner.
const Migrations = "PostgreSQL refuses the application ALTER TYPE and DROP COLUMN of listed columns while they are published; " +
	"`syncer table release` lets a migration through and `syncer table resync` brings the table back (deploy/migrations.md has each kind)"

// inSession puts settings before SQL that contains row filters, so that it means the same in anybody's session: PostgreSQL reads
// the literals of a filter once, when the publication is made.
func inSession(tables []publisher.Table, sql ...string) []string {
	if slices.ContainsFunc(tables, func(t publisher.Table) bool { return t.Where != "" }) {
		return append(link.MeaningSQL(), sql...)
	}
	return sql
}

// noteHarmed marks as urgent what there is to do about tables whose rows the application cannot change right now.
func (x *publicationProbe) noteHarmed(p *publisher.Publication) {
	for _, t := range x.Tables {
		why := p.Suffers(t)
		if why == "" {
			continue
		}
		i := slices.IndexFunc(x.Findings, func(f relation.Finding) bool {
			return f.Side == "source" && f.Subject == t.FullName() && (f.Level == relation.Todo || f.Level == relation.Refuse)
		})
		if i >= 0 {
			x.Findings[i].Urgent = true
			x.Findings[i].Text += "; " + why
			continue
		}
		x.Findings = append(x.Findings, relation.Finding{
			Level: relation.Warning, Side: "source", Subject: t.FullName(), Urgent: true,
			Text: why + " with another filter or other columns than the whitelist's; `syncer table resync " + t.FullName() + "` publishes it as the whitelist has it",
		})
	}
}

// describeEdited says which tables' filters or columns were edited since the replica was made; "" for none. The publication does not
// tell, because PostgreSQL writes filters in its own words.
func (x *publicationProbe) describeEdited(ctx context.Context, tables []publisher.Table) (string, error) {
	diff, err := x.compareWithList(ctx, tables)
	if err != nil || x.follow || len(diff.Redefined) == 0 {
		return "", err
	}
	return fmt.Sprintf("rows or columns of %s were edited in the whitelist since the replica was made (`syncer table resync` changes them together with the replica's rows)", strings.Join(diff.Redefined, ", ")), nil
}

// compareWithList compares the whitelist with what the replica was made by; without a replica nothing differs.
func (x *publicationProbe) compareWithList(ctx context.Context, tables []publisher.Table) (Difference, error) {
	list := &whitelist.List{}
	for _, t := range tables {
		list.Tables = append(list.Tables, t.Table)
	}
	diff, err := Differs(ctx, x.target, x.slot, list)
	if isUnknown(err) {
		return Difference{}, nil
	}
	return diff, err
}

// isUnknown reports whether err means that `init` was not run yet.
func isUnknown(err error) bool {
	return errors.Is(err, replica.ErrNoProgress) || link.Code(err) == "42501"
}

// examineList refuses a whitelist that the replica does not follow, unless this command is to make it follow: neither `run` nor a plain
// `init` would.
func (x *publicationProbe) examineList(ctx context.Context) error {
	if !x.follow {
		return nil
	}
	diff, err := x.compareWithList(ctx, x.Tables)
	if err == nil && !diff.Empty() {
		x.addFinding(relation.Refuse, "target", "replica", "was made by another whitelist: "+diff.Words()+"; "+diff.Verbs()+" makes it follow, or `syncer init --resync`, which loads everything anew")
	}
	return err
}

// describeOutOfStep names a table that is published with a filter or columns which do not go with the identity that is planned for it;
// "" for none. Publication and identity must then change in one transaction.
func (x *publicationProbe) describeOutOfStep(p *publisher.Publication) string {
	for _, t := range x.Tables {
		if plan := t.PlanIdentity(); plan != nil && !p.GoesWith(t, plan.Columns) {
			return "its row filter or columns of " + t.FullName() + " do not go with the replica identity that the whitelist needs"
		}
	}
	return ""
}

// examineSuperseded adds the steps that drop indexes of ours which nothing uses any more. They come last.
func (x *publicationProbe) examineSuperseded(context.Context) error {
	for _, t := range x.Tables {
		if t.Info == nil || t.Released || slices.ContainsFunc(t.Judge(), isRefused) {
			continue
		}
		for _, name := range t.Superseded(t.PlanIdentity()) {
			x.addTodo("source", t.FullName(), "index "+name+" was made for an earlier filter, or never finished, and is of no more use", publisher.DropIndexSQL(t.Schema, name))
		}
	}
	return nil
}

// examineOthers refuses an identity because of which somebody else's publication would stop the application. `init` would find out as
// well, but only once the index is made.
func (x *publicationProbe) examineOthers(ctx context.Context) error {
	all, err := publisher.Others(ctx, x.source, x.name)
	if err != nil {
		return err
	}
	for _, t := range x.Tables {
		for _, o := range all {
			if text, mend := o.Conflict(t); text != "" {
				x.addFinding(relation.Refuse, "source", t.FullName(), text, mend...)
			}
		}
	}
	return nil
}
