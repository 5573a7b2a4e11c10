// Package prepare compares both databases with the whitelist. It finds what is wrong (`check`), says which SQL would put it right (`plan`),
// and runs that SQL (`init`).
//
// Examining changes nothing. It may import publisher, replica, watch, swap, indexes, locks, relation, link, wire, failpoint, config,
// shared/blob, shared/whitelist and pgx.
package prepare

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// Step is one statement that `init` will run.
type Step struct {
	Side string `json:"side"` // source or target
	SQL  string `json:"sql"`
	// Alone says that it cannot run inside a transaction (CREATE INDEX CONCURRENTLY).
	Alone bool `json:"alone,omitempty"`
}

// Report is the result of an examination.
type Report struct {
	Findings []relation.Finding `json:"findings"`
	Steps    []Step             `json:"steps"`
	Tables   []publisher.Table  `json:"-"`

	aside []indexes.Index // that an interrupted first load has dropped
}

// Refused returns the findings that somebody has to mend.
func (r *Report) Refused() []relation.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f relation.Finding) bool { return f.Level != relation.Refuse })
}

// Err returns nil if nothing is refused; otherwise an error with the first finding and how many more there are.
func (r *Report) Err() error {
	refused := r.Refused()
	switch len(refused) {
	case 0:
		return nil
	case 1:
		return fault.Unsafef("%s", refused[0])
	}
	return fault.Unsafef("%s (and %d more; `syncer check` lists them)", refused[0], len(refused)-1)
}

// Urgent returns an error if the application on the source suffers right now. `init` mends that, and should be run soon.
func (r *Report) Urgent() error {
	i := slices.IndexFunc(r.Findings, func(f relation.Finding) bool { return f.Urgent })
	if i < 0 {
		return nil
	}
	return fault.Unsafef("%s %s: %s", r.Findings[i].Side, r.Findings[i].Subject, r.Findings[i].Text)
}

func (r *Report) addFinding(level relation.Level, side, subject, text string, mend ...string) {
	r.Findings = append(r.Findings, relation.Finding{Level: level, Side: side, Subject: subject, Text: text, Mend: mend})
}

// addTodo adds something that `init` will do, and the SQL by which it does it.
func (r *Report) addTodo(side, subject, text string, sql ...string) {
	r.addFinding(relation.Todo, side, subject, text, sql...)
	r.addSteps(side, sql...)
}

func (r *Report) addSteps(side string, sql ...string) {
	for _, s := range sql {
		r.Steps = append(r.Steps, Step{Side: side, SQL: s, Alone: isAlone(s)})
	}
}

// Examine looks at both sides, as the roles that `run` uses.
func Examine(ctx context.Context, cfg *config.Config, list *whitelist.List) (*Report, error) {
	return examineFor(ctx, cfg, list, purpose{back: noTable, follow: true})
}

// purpose is what the two sides are examined for.
type purpose struct {
	back   func(name string) bool // which tables come back that are released for a migration; the others are left alone
	follow bool                   // nothing will be done that makes the replica follow another whitelist than it was made by
	admin  string                 // the role of target.admin_dsn; "" when it was not asked yet
}

func examineFor(ctx context.Context, cfg *config.Config, list *whitelist.List, what purpose) (*Report, error) {
	r := &Report{}
	var from, to *pgx.Conn
	defer func() { link.Close(from, to) }()
	err := doTogether(
		func() (err error) {
			from, err = link.Open(ctx, cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "check", AnswerWithin: link.Soon})
			if err == nil {
				r.Tables, err = publisher.Tables(ctx, from, list)
			}
			if err == nil {
				err = publisher.Describe(ctx, from, r.Tables)
			}
			return err
		},
		func() (err error) {
			to, err = link.Open(ctx, cfg.Target.DSN, link.Options{Name: "target.dsn", Application: "check", MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon})
			return err
		})
	if err != nil {
		return nil, err
	}
	if err := r.examineParts(ctx, cfg, from, to, what); err != nil {
		return nil, err
	}
	for i, f := range r.Findings {
		r.Findings[i] = publisher.SpareApplication(f)
	}
	return r, nil
}

// examineParts examines both sides part by part. A later part may rely on what an earlier one has found.
func (r *Report) examineParts(ctx context.Context, cfg *config.Config, source, target *pgx.Conn, what purpose) error {
	slot := cfg.Source.Slot
	records := &recordsProbe{r, target, slot}
	if err := records.markReleased(ctx, what.back); err != nil {
		return err
	}
	reads := &sessionProbe{
		Report: r, side: "source", db: source, danger: "it reads everything in the server",
		primary: "the publication, its indexes and the replication slot live on its primary; let source.dsn and source.admin_dsn name that",
	}
	writes := &sessionProbe{
		Report: r, side: "target", db: target, danger: "whoever takes over the outside could do anything there",
		primary: "the replica is written to its primary; let target.dsn and target.admin_dsn name that",
	}
	from, tables := &sourceServer{r, source, slot}, &sourceTables{r, source}
	rights := &rightsPlan{r, source, target, cfg.Target, what.admin, map[Step]bool{}}
	published := &publicationProbe{r, cfg.Source.Publication, slot, source, target, what.follow}
	to, copies := &targetServer{r, target, cfg.Target.Durability}, &targetTables{r, target, slot, rights}
	beside := &neighbours{r, cfg}
	for _, examine := range []func(context.Context) error{
		reads.examineSession, writes.examineSession, from.examineServer, from.examineLimits, tables.examineTables, tables.examineFilters, rights.planReader,
		published.examinePublication, published.examineOthers, published.examineSuperseded,
		to.examineServer, reads.examinePowers, writes.examinePowers, to.examineTemporary, copies.examineTables, copies.examineTraps, to.examineSchemas,
		published.examineList, records.examineUnrecorded, rights.planTarget,
		beside.examineDocuments, beside.examineInbound, beside.examineNetwork,
	} {
		if err := examine(ctx); err != nil {
			return err
		}
	}
	return nil
}

func isRefused(f relation.Finding) bool { return f.Level == relation.Refuse }

// Wanted returns what the target must have for the source's table.
func Wanted(t publisher.Table, id int) replica.Wanted {
	w := replica.Wanted{Relation: t.Relation(id)}
	for _, c := range w.Columns {
		info, _ := t.Info.Column(c.Name)
		w.NotNull = append(w.NotNull, info.NotNull)
	}
	return w
}
