// Package prepare compares what the whitelist wants with what both databases are: it finds what is wrong
// (`check`), says which SQL would put it right (`plan`) and runs that SQL (`init`).
//
// Examining changes nothing. It may import publisher, replica, watch, swap, indexes, locks, relation, link, wire, failpoint, config,
// shared/blob, shared/whitelist and pgx.
package prepare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	"portal.example/syncer/internal/swap"
)

// Step is one statement that `init` will run.
type Step struct {
	Side string `json:"side"` // source or target
	SQL  string `json:"sql"`
	// Alone: cannot run inside a transaction (CREATE INDEX CONCURRENTLY).
	Alone bool `json:"alone,omitempty"`
}

// Report is everything there is to say.
type Report struct {
	Findings []relation.Finding `json:"findings"`
	Steps    []Step             `json:"steps"`
	Tables   []publisher.Table  `json:"-"`

	aside []indexes.Index // that an interrupted first load has dropped
}

// Refused returns the findings that a person must mend.
func (r *Report) Refused() []relation.Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f relation.Finding) bool { return f.Level != relation.Refuse })
}

// Err is nil when nothing is refused, otherwise the first finding and how many more there are.
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

// Urgent is not nil when the application on the source suffers right now; `init` mends that, and should soon.
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

// addTodo is what `init` will do, and the SQL by which it does it.
func (r *Report) addTodo(side, subject, text string, sql ...string) {
	r.addFinding(relation.Todo, side, subject, text, sql...)
	r.addSteps(side, sql...)
}

func (r *Report) addSteps(side string, sql ...string) {
	for _, s := range sql {
		r.Steps = append(r.Steps, Step{Side: side, SQL: s, Alone: isAlone(s)})
	}
}

// examination is one run of Examine.
type examination struct {
	*Report
	cfg    *config.Config
	source *pgx.Conn // as the reader's role
	target *pgx.Conn // as the writer's role
	// granted are the rights that are among the steps already.
	granted map[Step]bool
	purpose
}

// Examine looks at both sides, as the roles that `run` uses.
func Examine(ctx context.Context, cfg *config.Config, list *whitelist.List) (*Report, error) {
	return examineFor(ctx, cfg, list, purpose{back: noTable, follow: true})
}

// purpose is what the two sides are examined for.
type purpose struct {
	back   func(name string) bool // which tables come back that are released for a migration; the others are left alone
	follow bool                   // nothing will be done that makes the replica follow another whitelist than it was made by
}

func examineFor(ctx context.Context, cfg *config.Config, list *whitelist.List, what purpose) (*Report, error) {
	from, err := link.Open(ctx, cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "check", AnswerWithin: link.Soon})
	if err != nil {
		return nil, err
	}
	defer link.Close(from)
	to, err := link.Open(ctx, cfg.Target.DSN, link.Options{Name: "target.dsn", Application: "check", MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon})
	if err != nil {
		return nil, err
	}
	defer link.Close(to)
	e := &examination{Report: &Report{}, cfg: cfg, source: from, target: to, granted: map[Step]bool{}, purpose: what}
	if e.Tables, err = publisher.Tables(ctx, from, list); err == nil {
		err = publisher.Describe(ctx, from, e.Tables)
	}
	if err != nil {
		return nil, err
	}
	if err := e.markReleased(ctx); err != nil {
		return nil, err
	}
	for _, examine := range []func(context.Context) error{
		e.examineSessions, e.sourceServer, e.sourceLimits, e.sourceTables, e.examineFilters, e.sourceGrants, e.examinePublication, e.examineOthers, e.examineSuperseded,
		e.targetServer, e.examineConnections, e.targetTables, e.examineTraps, e.targetSchema, e.examineList, e.examineUnrecorded, e.targetGrants, e.examineDocuments, e.examineInbound, e.examineNetwork,
	} {
		if err := examine(ctx); err != nil {
			return nil, err
		}
	}
	for i, f := range e.Findings {
		e.Findings[i] = publisher.SpareApplication(f)
	}
	return e.Report, nil
}

const oldestServer = 150000

func (e *examination) sourceServer(ctx context.Context) error {
	var version, slots, used int
	var level, keep, role string
	var replicates bool
	err := e.source.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('wal_level'), current_setting('max_slot_wal_keep_size'),
		       current_user::text, (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
		       current_setting('max_replication_slots')::int,
		       (SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE slot_name <> $1)`, e.cfg.Source.Slot).
		Scan(&version, &level, &keep, &role, &replicates, &slots, &used)
	if err != nil {
		return link.Fail("source", err)
	}
	if version < oldestServer {
		e.addFinding(relation.Refuse, "source", "server", "is older than PostgreSQL 15, which knows no column lists; upgrade it")
	}
	if level != "logical" {
		e.addFinding(relation.Refuse, "source", "server", "wal_level is "+level+", so there is no stream of changes; a restart is needed after",
			"ALTER SYSTEM SET wal_level = 'logical';")
	}
	if !replicates {
		e.addFinding(relation.Refuse, "source", "role "+role, "has no REPLICATION attribute", "ALTER ROLE "+relation.Quote(role)+" REPLICATION;")
	}
	if used >= slots {
		e.addFinding(relation.Refuse, "source", "server", fmt.Sprintf("all %d replication slots are taken; a restart is needed after", slots),
			fmt.Sprintf("ALTER SYSTEM SET max_replication_slots = %d;", slots+4))
	}
	if keep == "-1" {
		e.addFinding(relation.Warning, "source", "server", "keeps log without limit for a syncer that is down, until its disk is full",
			"ALTER SYSTEM SET max_slot_wal_keep_size = '8GB';", "SELECT pg_reload_conf();")
	}
	return nil
}

func (e *examination) sourceTables(ctx context.Context) error {
	var alone, together []string // all indexes are made before the first identity is changed
	var filtered []publisher.Table
	for _, t := range e.Tables {
		if t.Released {
			continue
		}
		findings := t.Judge()
		e.Findings = append(e.Findings, findings...)
		for _, f := range findings {
			for _, sql := range f.Mend {
				switch {
				case f.Level != relation.Todo:
				case isAlone(sql):
					alone = append(alone, sql)
				default:
					together = append(together, sql)
				}
			}
		}
		if t.Info == nil || t.Where == "" || slices.ContainsFunc(findings, isRefused) {
			continue
		}
		filtered = append(filtered, t)
	}
	e.addSteps("source", append(alone, together...)...)
	return e.judgeFilters(ctx, filtered)
}

func isRefused(f relation.Finding) bool { return f.Level == relation.Refuse }

func (e *examination) examinePublication(ctx context.Context) error {
	name := e.cfg.Source.Publication
	usable := slices.DeleteFunc(slices.Clone(e.Tables), func(t publisher.Table) bool { return t.Info == nil || t.Released })
	filters, err := replica.ReadFilters(ctx, e.target, e.cfg.Source.Slot)
	if code := link.Code(err); err != nil && code != "42P01" && code != "3F000" && code != "42501" { // `init` was not run yet
		return err
	}
	p, err := publisher.ReadPublication(ctx, e.source, name)
	if errors.Is(err, publisher.ErrNoPublication) {
		text := "does not exist yet"
		if len(filters) > 0 {
			text = "does not exist, although the replica was made with it: what changes without it never comes; run `syncer init --resync`, which makes it again"
		}
		e.addTodo("source", "publication "+name, text, inSession(usable, publisher.PublicationSQL(name, usable))...)
		e.addFinding(relation.Fine, "source", "publication "+name, Migrations)
		return nil
	}
	if err != nil {
		return err
	}
	e.noteHarmed(p)
	edited, err := e.describeEdited(ctx, usable)
	if err != nil {
		return err
	}
	if why := cmp.Or(p.Differs(e.Tables, filters), edited, e.describeOutOfStep(p)); why != "" {
		e.addTodo("source", "publication "+name, "differs from the whitelist: "+why, inSession(usable, p.AlterSQL(name, usable)...)...)
	}
	return nil
}

// Migrations says what a publication with column lists means for the application's owner.
const Migrations = "PostgreSQL refuses the application ALTER TYPE and DROP COLUMN of listed columns while they are published; " +
	"`syncer table release` lets a migration through and `syncer table resync` brings the table back (deploy/migrations.md has each kind)"

// inSession puts the settings before SQL that holds row filters, so that it means the same whoever runs it: PostgreSQL reads
// a filter's literals once, when the publication is made.
func inSession(tables []publisher.Table, sql ...string) []string {
	if slices.ContainsFunc(tables, func(t publisher.Table) bool { return t.Where != "" }) {
		return append(link.MeaningSQL(), sql...)
	}
	return sql
}

// Wanted is what the target must have for the source's table.
func Wanted(t publisher.Table, id int) replica.Wanted {
	w := replica.Wanted{Relation: t.Relation(id)}
	for _, c := range w.Columns {
		info, _ := t.Info.Column(c.Name)
		w.NotNull = append(w.NotNull, info.NotNull)
	}
	return w
}

func (e *examination) targetTables(ctx context.Context) error {
	var wanted []replica.Wanted
	for i, t := range e.Tables {
		if t.Info == nil || t.Released || slices.ContainsFunc(t.Judge(), isRefused) {
			continue
		}
		t.Key = t.PlannedKey()
		wanted = append(wanted, Wanted(t, i))
	}
	all, err := replica.JudgeAll(ctx, e.target, wanted)
	if err != nil {
		return err
	}
	if err := e.setAside(ctx, all); err != nil {
		return err
	}
	for _, findings := range all {
		e.Findings = append(e.Findings, findings...)
		for _, f := range findings {
			if f.Level != relation.Todo {
				continue
			}
			for _, sql := range f.Mend { // many tables want the same schema
				e.addGrant("target", sql)
			}
		}
	}
	return nil
}

func (e *examination) targetServer(ctx context.Context) error {
	var version int
	var role string
	err := e.target.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_user::text`).Scan(&version, &role)
	if err != nil {
		return link.Fail("target", err)
	}
	if version < oldestServer {
		e.addFinding(relation.Refuse, "target", "server", "is older than PostgreSQL 15; upgrade it")
		return nil
	}
	if err := e.examineFlush(ctx, role); err != nil {
		return err
	}
	silent, err := replica.MaySilence(ctx, e.target)
	if err != nil {
		return link.Fail("target", err)
	}
	if !silent {
		e.addFinding(relation.Warning, "target", "role "+role,
			"may not switch off triggers and foreign keys for itself, so those of the replica's tables act on replicated rows; as superuser",
			"GRANT SET ON PARAMETER session_replication_role TO "+relation.Quote(role)+";")
	}
	return nil
}

func (e *examination) targetSchema(ctx context.Context) error {
	var have int
	var shadows bool
	if err := e.target.QueryRow(ctx, `SELECT pg_catalog.to_regnamespace($1) IS NOT NULL`, swap.ShadowSchema).Scan(&shadows); err != nil {
		return link.Fail("target", err)
	}
	if !shadows {
		e.addTodo("target", "schema "+swap.ShadowSchema, "does not exist yet; tables are loaded anew there while readers still see the old rows", swap.ShadowSQL)
	}
	err := e.target.QueryRow(ctx, `SELECT sync.version()`).Scan(&have)
	switch code := link.Code(err); {
	case err == nil && have == replica.SchemaVersion:
		return nil
	case err == nil && have > replica.SchemaVersion:
		e.addFinding(relation.Refuse, "target", "schema sync", fmt.Sprintf("is of version %d, this program knows %d; use the newer program", have, replica.SchemaVersion))
		return nil
	case err != nil && code != "42883" && code != "3F000" && code != "42501":
		return link.Fail("target", err)
	}
	e.addTodo("target", "schema sync", "does not exist yet, or is of an older version", replica.SchemaSQL)
	return nil
}
