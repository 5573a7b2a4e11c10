package prepare

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
)

// sourceTables examines the listed tables of the source and their row filters.
type sourceTables struct {
	*Report

	db *pgx.Conn
}

// examineTables judges each table that is not released, and adds the steps that put it right.
func (s *sourceTables) examineTables(ctx context.Context) error {
	var alone, together []string // all indexes are made before the first identity is changed
	var filtered []publisher.Table
	for _, t := range s.Tables {
		if t.Released {
			continue
		}
		findings := t.Judge()
		s.Findings = append(s.Findings, findings...)
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
	s.addSteps("source", append(alone, together...)...)
	return s.judgeFilters(ctx, filtered)
}

// examineFilters says which row filters the reader judges a second time by itself, and which PostgreSQL alone applies.
func (s *sourceTables) examineFilters(ctx context.Context) error {
	for i := range s.Tables {
		t := &s.Tables[i]
		if t.Released {
			continue
		}
		left, some, err := t.LeftToPostgres(ctx, s.db)
		if err != nil {
			return err
		}
		switch {
		case len(left) == 0:
		case some:
			s.addFinding(relation.Fine, "source", t.FullName(), "the reader judges each row by its filter once more, but for what the filter says of "+
				strings.Join(left, ", ")+": such values are not equal exactly where their texts are, so there PostgreSQL's publication alone decides")
		default:
			s.addFinding(relation.Fine, "source", t.FullName(), "the reader does not judge its filter a second time (it reads "+strings.Join(left, ", ")+
				"); PostgreSQL's publication alone decides which rows leave")
		}
	}
	return nil
}

// judgeFilters finds the filters that the source does not understand, and values that are too long for the index that a filter needs.
func (s *sourceTables) judgeFilters(ctx context.Context, tables []publisher.Table) error {
	for some := range slices.Chunk(tables, stepsAtOnce) {
		if err := s.parseFilters(ctx, some); err != nil {
			return err
		}
	}
	open := slices.DeleteFunc(slices.Clone(tables), func(t publisher.Table) bool { return len(t.OpenColumns()) == 0 })
	if len(open) == 0 {
		return nil
	}
	if _, err := s.db.Exec(ctx, fmt.Sprintf("SET statement_timeout = %d", lookThrough.Milliseconds())); err != nil {
		return link.Fail("source", err)
	}
	for _, t := range open {
		if err := s.measureValues(ctx, t); err != nil {
			return err
		}
	}
	if _, err := s.db.Exec(ctx, "SET statement_timeout = 0"); err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// parseFilters lets the source parse the filters without running them. Each is a statement of its own, so that an error names its table,
// but none waits for the answer to the one before.
func (s *sourceTables) parseFilters(ctx context.Context, tables []publisher.Table) (err error) {
	p := s.db.PgConn().StartPipeline(ctx)
	defer func() {
		if closed := p.Close(); err == nil && closed != nil && link.Code(closed) == "" {
			err = link.Fail("source", closed)
		}
	}()
	for _, t := range tables {
		p.SendPrepare("", "SELECT FROM "+t.From()+" WHERE "+t.Condition(), nil)
		p.SendPipelineSync() // so that those behind a refused one are parsed too
	}
	if err := p.Flush(); err != nil {
		return link.Fail("source", err)
	}
	for _, t := range tables {
		if err := s.judgeParsed(p, t); err != nil {
			return err
		}
	}
	return nil
}

// judgeParsed reads the answer for one table's filter.
func (s *sourceTables) judgeParsed(p *pgconn.Pipeline, t publisher.Table) error {
	for {
		result, err := p.GetResults()
		switch code := link.Code(err); {
		case code == "42501": // USAGE is still to be granted; CREATE PUBLICATION will parse the filter then
		case code != "":
			s.addFinding(relation.Refuse, "source", t.FullName(),
				fmt.Sprintf("the row filter is refused: %s; correct the whitelist, %s", link.Scrub(err), t.At))
		case err != nil:
			return link.Fail("source", err)
		}
		if _, end := result.(*pgconn.PipelineSync); end || result == nil && err == nil {
			return nil
		}
	}
}

// lookThrough bounds the search of one table for values that are too long.
const lookThrough = 5 * time.Second

// measureValues examines whether the rows that are there fit into the index to be made, for columns whose types do not say so.
func (s *sourceTables) measureValues(ctx context.Context, t publisher.Table) error {
	columns := t.OpenColumns()
	sizes := make([]string, len(columns))
	for i, name := range columns {
		sizes[i] = "octet_length(" + relation.Quote(name) + "::text)"
	}
	sql := fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE %s > %d)", t.From(), strings.Join(sizes, " + "), publisher.MostIndexed-100)
	var long bool
	err := s.db.QueryRow(ctx, sql).Scan(&long)
	switch code := link.Code(err); {
	case code == "57014":
		s.addFinding(relation.Warning, "source", t.FullName(), fmt.Sprintf("whether values of %s that are there already fit into an index was not found out within %s; `init` says so while it makes the index, and leaves nothing of it where they do not", strings.Join(columns, ", "), lookThrough))
	case code == "42501": // SELECT is still to be granted
	case err != nil && code != "":
		s.addFinding(relation.Warning, "source", t.FullName(), "its values cannot be looked at: "+link.Scrub(err))
	case err != nil:
		return link.Fail("source", err)
	case long:
		s.addFinding(relation.Refuse, "source", t.FullName(), fmt.Sprintf("holds rows whose %s is longer than an index holds (%d bytes), so that no replica identity can hold it and the filter needs one; filter by shorter columns (whitelist, %s)",
			strings.Join(columns, ", "), publisher.MostIndexed, t.At))
	}
	return nil
}
