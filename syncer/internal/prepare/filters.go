package prepare

import (
	"context"
	"strings"

	"portal.example/syncer/internal/relation"
)

// examineFilters says which row filters the reader looks at once more by itself, and which PostgreSQL alone keeps.
func (e *examination) examineFilters(ctx context.Context) error {
	for i := range e.Tables {
		t := &e.Tables[i]
		if t.Released {
			continue
		}
		left, some, err := t.LeftToPostgres(ctx, e.source)
		if err != nil {
			return err
		}
		switch {
		case len(left) == 0:
		case some:
			e.addFinding(relation.Fine, "source", t.FullName(), "the reader judges each row by its filter once more, but for what the filter says of "+
				strings.Join(left, ", ")+": such values are not equal exactly where their texts are, so there PostgreSQL's publication alone decides")
		default:
			e.addFinding(relation.Fine, "source", t.FullName(), "the reader does not judge its filter a second time (it reads "+strings.Join(left, ", ")+
				"); PostgreSQL's publication alone decides which rows leave")
		}
	}
	return nil
}
