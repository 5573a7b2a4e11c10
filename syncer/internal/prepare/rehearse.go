package prepare

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// Check is Examine with a rehearsal: the steps for the source are run there in a transaction that is rolled back. So PostgreSQL itself
// confirms what check lets pass, and `init` will succeed.
func Check(ctx context.Context, cfg *config.Config, list *whitelist.List) (*Report, error) {
	return checkFor(ctx, cfg, list, purpose{back: noTable, follow: true})
}

// Plan is Check for a whitelist that the replica need not follow yet. Its steps make the source as `table apply` or `init --resync` will
// need it.
func Plan(ctx context.Context, cfg *config.Config, list *whitelist.List) (*Report, error) {
	return checkFor(ctx, cfg, list, purpose{back: noTable})
}

func checkFor(ctx context.Context, cfg *config.Config, list *whitelist.List, what purpose) (*Report, error) {
	report, err := examineFor(ctx, cfg, list, what)
	if err != nil {
		return nil, err
	}
	r := &rehearsal{Report: report, cfg: cfg}
	return report, r.rehearse(ctx)
}

// rehearsal tries what init will do to the source. It publishes the tables themselves, during which everybody can read and write them. A
// new identity, which would block them, is tried on an empty copy of the table.
type rehearsal struct {
	*Report

	cfg  *config.Config
	conn *pgx.Conn
}

// shortly is how long a rehearsal waits for a lock: less than the second after which a waiting session makes the server
// end an autovacuum that is in the way.
const shortly = 500 * time.Millisecond

// rehearseWithin is how long one statement of a rehearsal may take.
const rehearseWithin = 30 * time.Second

func (r *rehearsal) rehearse(ctx context.Context) (err error) {
	if !slices.ContainsFunc(r.stepsOf("source"), func(s Step) bool { return isPublication(s) || isIdentity(s) }) {
		return nil // PostgreSQL has taken all of it already
	}
	tables := slices.DeleteFunc(slices.Clone(r.Tables), r.isRefused)
	if len(tables) == 0 {
		return nil
	}
	if r.conn, err = link.Open(ctx, r.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: "check", AnswerWithin: 2 * rehearseWithin}); err != nil {
		return err
	}
	defer link.Close(r.conn)
	if err := r.tryCopies(ctx, tables); err != nil {
		return err
	}
	err = r.tryRolledBack(ctx, func(tx pgx.Tx) error { return publishAll(ctx, tx, tables) })
	if err == nil || link.Code(err) == "" {
		return err
	}
	return r.oneByOne(ctx, tables)
}

func (r *rehearsal) isRefused(t publisher.Table) bool {
	return t.Info == nil || t.Released || slices.ContainsFunc(r.Findings, func(f relation.Finding) bool {
		return f.Level == relation.Refuse && f.Side == "source" && f.Subject == t.FullName()
	})
}

// tryRolledBack runs fn in a transaction that is rolled back.
func (r *rehearsal) tryRolledBack(ctx context.Context, fn func(pgx.Tx) error) error {
	tx, err := r.conn.Begin(ctx)
	if err != nil {
		return link.Fail("source", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	limits := fmt.Sprintf("SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d", min(shortly, r.cfg.Source.LockTimeout).Milliseconds(), rehearseWithin.Milliseconds())
	if _, err := tx.Exec(ctx, limits, pgx.QueryExecModeSimpleProtocol); err != nil {
		return link.Fail("source", err)
	}
	return fn(tx)
}

const rehearsed = "syncer check, rolled back"

func publishAll(ctx context.Context, tx pgx.Tx, tables []publisher.Table) error {
	_, err := tx.Exec(ctx, publisher.PublicationSQL(rehearsed, tables), pgx.QueryExecModeSimpleProtocol)
	return err
}

// oneByOne finds the tables that cannot be published.
func (r *rehearsal) oneByOne(ctx context.Context, tables []publisher.Table) error {
	for _, t := range tables {
		err := r.tryRolledBack(ctx, func(tx pgx.Tx) error { return publishAll(ctx, tx, []publisher.Table{t}) })
		if err == nil {
			continue
		}
		if more, err := r.judgeFailure(ctx, t, err); err != nil || !more {
			return err
		}
	}
	return nil
}

// judgeFailure says why a table could not be published. more is false if the reason is the same for all tables.
func (r *rehearsal) judgeFailure(ctx context.Context, t publisher.Table, err error) (more bool, _ error) {
	switch code := link.Code(err); {
	case code == "":
		return false, link.Fail("source", err)
	case code == "25006":
		return false, nil // that the server is read-only is said already
	case code == "55P03":
		holders, err := locks.Holding(ctx, r.conn, []string{t.Info.SQL()}, true)
		if err != nil {
			return false, err
		}
		r.addFinding(relation.Warning, "source", t.FullName(), "was not tried, as somebody changes how it is defined: "+locks.Describe(holders))
		return true, nil
	case code == "57014":
		r.addFinding(relation.Warning, "source", t.FullName(), fmt.Sprintf("was not tried, as the server did not answer within %s", rehearseWithin))
		return true, nil
	case code == "42501" && !errors.Is(r.checkOwner(ctx, t), errOwner):
		r.addFinding(relation.Warning, "source", "role "+r.conn.Config().User, "may not make publications, so that whether PostgreSQL takes filters and columns was not tried; let source.admin_dsn name the tables' owner: "+link.Scrub(err))
		return false, nil
	case code == "42501":
		r.addFinding(relation.Refuse, "source", t.FullName(), "role "+r.conn.Config().User+" of source.admin_dsn does not own it, so it can neither publish it nor give it a replica identity; let source.admin_dsn name its owner")
		return true, nil
	case t.Where != "":
		r.addFinding(relation.Refuse, "source", t.FullName(), fmt.Sprintf("PostgreSQL does not take it into a publication with the row filter (%s): %s%s; correct the whitelist, %s", t.Where, link.Scrub(err), listHint(t.Where, code), t.At))
	default:
		r.addFinding(relation.Refuse, "source", t.FullName(), fmt.Sprintf("PostgreSQL does not take it into a publication: %s; correct the whitelist, %s", link.Scrub(err), t.At))
	}
	return true, nil
}

var listOf = regexp.MustCompile(`(?i)\bin\s*\(`)

// listHint explains what PostgreSQL's message does not: an IN list over varchar involves a conversion, which a publication's filter may not.
func listHint(where, code string) string {
	if code == "0A000" && listOf.MatchString(where) {
		return "; an IN list over a varchar column is such a conversion: write c = 'a' OR c = 'b' instead"
	}
	return ""
}

var errOwner = errors.New("is not its owner")

// checkOwner returns errOwner when the role may make publications, but does not own this table.
func (r *rehearsal) checkOwner(ctx context.Context, t publisher.Table) error {
	var may, owns bool
	err := r.conn.QueryRow(ctx, `
		SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE'), pg_catalog.pg_has_role(c.relowner, 'USAGE')
		  FROM pg_catalog.pg_class c WHERE c.oid = pg_catalog.to_regclass($1)`, t.Info.SQL()).Scan(&may, &owns)
	if err == nil && may && !owns {
		return errOwner
	}
	return err
}

// tryCopies tries each index and identity that is to be made on an empty temporary table of the same columns.
func (r *rehearsal) tryCopies(ctx context.Context, tables []publisher.Table) error {
	fine := map[string]bool{}
	for _, t := range tables {
		plan := t.PlanIdentity()
		if plan == nil || plan.Build == "" || fine[typesOf(t, plan)] {
			continue
		}
		err := r.tryRolledBack(ctx, func(tx pgx.Tx) error { return tryIdentity(ctx, tx, t, plan) })
		switch code := link.Code(err); {
		case err == nil:
			fine[typesOf(t, plan)] = true
		case code == "42501", code == "55P03", code == "25006":
		case code == "":
			return link.Fail("source", err)
		default:
			r.addFinding(relation.Refuse, "source", t.FullName(), fmt.Sprintf("no replica identity can be made over %s: %s; filter by other columns (whitelist, %s)",
				relation.QuoteList("", plan.Columns), link.Scrub(err), t.At))
		}
	}
	return nil
}

// typesOf returns all that an identity's index on an empty copy depends on. Of several tables that are alike in it, one is tried.
func typesOf(t publisher.Table, plan *publisher.Identity) string {
	var b strings.Builder
	for _, name := range plan.Columns {
		c, _ := t.Info.Column(name)
		fmt.Fprintf(&b, "%s,%t,%t;", c.Type, c.NotNull, c.Generated)
	}
	return b.String()
}

func tryIdentity(ctx context.Context, tx pgx.Tx, t publisher.Table, plan *publisher.Identity) error {
	for _, sql := range []string{
		"CREATE TEMPORARY TABLE syncer_check (LIKE " + t.Info.SQL() + ") ON COMMIT DROP",
		"CREATE UNIQUE INDEX syncer_check_identity ON pg_temp.syncer_check (" + relation.QuoteList("", plan.Columns) + ")",
		"ALTER TABLE pg_temp.syncer_check REPLICA IDENTITY USING INDEX syncer_check_identity",
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
