package prepare

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// judgeFilters asks the source whether the filters mean something and whether what they read fits into an index. Each is a
// question of its own, as the answer names its table, but none waits for the answer to the one before.
func (e *examination) judgeFilters(ctx context.Context, tables []publisher.Table) error {
	for some := range slices.Chunk(tables, stepsAtOnce) {
		if err := e.filtersMakeSense(ctx, some); err != nil {
			return err
		}
	}
	open := slices.DeleteFunc(slices.Clone(tables), func(t publisher.Table) bool { return len(t.OpenColumns()) == 0 })
	if len(open) == 0 {
		return nil
	}
	if _, err := e.source.Exec(ctx, fmt.Sprintf("SET statement_timeout = %d", lookThrough.Milliseconds())); err != nil {
		return link.Fail("source", err)
	}
	for _, t := range open {
		if err := e.valuesFit(ctx, t); err != nil {
			return err
		}
	}
	if _, err := e.source.Exec(ctx, "SET statement_timeout = 0"); err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// filtersMakeSense lets the source parse the filters without running them.
func (e *examination) filtersMakeSense(ctx context.Context, tables []publisher.Table) (err error) {
	p := e.source.PgConn().StartPipeline(ctx)
	defer func() {
		if closed := p.Close(); err == nil && closed != nil && link.Code(closed) == "" {
			err = link.Fail("source", closed)
		}
	}()
	for _, t := range tables {
		p.SendPrepare("", "SELECT FROM "+t.From()+" WHERE "+t.Condition(), nil)
		p.SendPipelineSync() // so that one that is refused is not the end of those behind it
	}
	if err := p.Flush(); err != nil {
		return link.Fail("source", err)
	}
	for _, t := range tables {
		if err := e.filterMakesSense(p, t); err != nil {
			return err
		}
	}
	return nil
}

func (e *examination) filterMakesSense(p *pgconn.Pipeline, t publisher.Table) error {
	for {
		result, err := p.GetResults()
		switch code := link.Code(err); {
		case code == "42501": // USAGE is still to be granted; CREATE PUBLICATION will parse the filter then
		case code != "":
			e.addFinding(relation.Refuse, "source", t.FullName(),
				fmt.Sprintf("the row filter is refused: %s; correct the whitelist, %s", link.Scrub(err), t.At))
		case err != nil:
			return link.Fail("source", err)
		}
		if _, end := result.(*pgconn.PipelineSync); end || result == nil && err == nil {
			return nil
		}
	}
}

// lookThrough is how long check may look through a table for values that are too long.
const lookThrough = 5 * time.Second

// valuesFit looks whether the rows that are there fit into the index that is to be made, where their types do not say so.
func (e *examination) valuesFit(ctx context.Context, t publisher.Table) error {
	columns := t.OpenColumns()
	sizes := make([]string, len(columns))
	for i, name := range columns {
		sizes[i] = "octet_length(" + relation.Quote(name) + "::text)"
	}
	sql := fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE %s > %d)", t.From(), strings.Join(sizes, " + "), publisher.MostIndexed-100)
	var long bool
	err := e.source.QueryRow(ctx, sql).Scan(&long)
	switch code := link.Code(err); {
	case code == "57014":
		e.addFinding(relation.Warning, "source", t.FullName(), fmt.Sprintf("whether values of %s that are there already fit into an index was not found out within %s; `init` says so while it makes the index, and leaves nothing of it where they do not", strings.Join(columns, ", "), lookThrough))
	case code == "42501": // SELECT is still to be granted
	case err != nil && code != "":
		e.addFinding(relation.Warning, "source", t.FullName(), "its values cannot be looked at: "+link.Scrub(err))
	case err != nil:
		return link.Fail("source", err)
	case long:
		e.addFinding(relation.Refuse, "source", t.FullName(), fmt.Sprintf("holds rows whose %s is longer than an index holds (%d bytes), so that no replica identity can hold it and the filter needs one; filter by shorter columns (whitelist, %s)",
			strings.Join(columns, ", "), publisher.MostIndexed, t.At))
	}
	return nil
}

// noteHarmed marks what is to be done about tables whose rows the application cannot change right now.
func (e *examination) noteHarmed(p *publisher.Publication) {
	for _, t := range e.Tables {
		why := p.Suffers(t)
		if why == "" {
			continue
		}
		i := slices.IndexFunc(e.Findings, func(f relation.Finding) bool {
			return f.Side == "source" && f.Subject == t.FullName() && (f.Level == relation.Todo || f.Level == relation.Refuse)
		})
		if i >= 0 {
			e.Findings[i].Urgent = true
			e.Findings[i].Text += "; " + why
			continue
		}
		e.Findings = append(e.Findings, relation.Finding{
			Level: relation.Warning, Side: "source", Subject: t.FullName(), Urgent: true,
			Text: why + " with another filter or other columns than the whitelist's; `syncer table resync " + t.FullName() + "` publishes it as the whitelist has it",
		})
	}
}

// describeEdited says which table's filter or columns were edited since the replica was made; "" for none. The publication has what was
// made for the list before: its text says nothing of that, as PostgreSQL writes filters in its own way.
func (e *examination) describeEdited(ctx context.Context, tables []publisher.Table) (string, error) {
	diff, err := e.compareWithList(ctx, tables)
	if err != nil || e.follow || len(diff.Redefined) == 0 {
		return "", err
	}
	return fmt.Sprintf("rows or columns of %s were edited in the whitelist since the replica was made (`syncer table resync` changes them together with the replica's rows)", strings.Join(diff.Redefined, ", ")), nil
}

// compareWithList compares what the replica was made by with the whitelist; nothing differs as long as there is none.
func (e *examination) compareWithList(ctx context.Context, tables []publisher.Table) (Difference, error) {
	list := &whitelist.List{}
	for _, t := range tables {
		list.Tables = append(list.Tables, t.Table)
	}
	diff, err := Differs(ctx, e.target, e.cfg.Source.Slot, list)
	if isUnknown(err) {
		return Difference{}, nil
	}
	return diff, err
}

// isUnknown reports whether `init` was not run yet.
func isUnknown(err error) bool {
	return errors.Is(err, replica.ErrNoProgress) || link.Code(err) == "42501"
}

// examineList refuses a whitelist that the replica was not made by, where nothing is about to make it follow: neither `run` nor a
// plain `init` would.
func (e *examination) examineList(ctx context.Context) error {
	if !e.follow {
		return nil
	}
	diff, err := e.compareWithList(ctx, e.Tables)
	if err == nil && !diff.Empty() {
		e.addFinding(relation.Refuse, "target", "replica", "was made by another whitelist: "+diff.Words()+"; "+diff.Verbs()+" makes it follow, or `syncer init --resync`, which loads everything anew")
	}
	return err
}

// describeOutOfStep says which table the publication has with a filter or columns that the identity which is to come does not go
// with; "" for none. The two must change in one transaction.
func (e *examination) describeOutOfStep(p *publisher.Publication) string {
	for _, t := range e.Tables {
		if plan := t.PlanIdentity(); plan != nil && !p.GoesWith(t, plan.Columns) {
			return "its row filter or columns of " + t.FullName() + " do not go with the replica identity that the whitelist needs"
		}
	}
	return ""
}

// examineSuperseded are indexes of ours that nothing uses: they go last.
func (e *examination) examineSuperseded(context.Context) error {
	for _, t := range e.Tables {
		if t.Info == nil || t.Released || slices.ContainsFunc(t.Judge(), isRefused) {
			continue
		}
		for _, name := range t.Superseded(t.PlanIdentity()) {
			e.addTodo("source", t.FullName(), "index "+name+" was made for an earlier filter, or never finished, and is of no more use", publisher.DropIndexSQL(t.Schema, name))
		}
	}
	return nil
}
