package access_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/pgtest"
)

func ids(list ...uuid.UUID) []uuid.UUID { return list }

// covered asks the database whether the scope's predicate holds for a service.
func covered(t *testing.T, db *pgtest.Database, predicate string, a access.Actor, action access.Action, id string) (ok bool) {
	t.Helper()
	err := db.Pool.QueryRow(t.Context(), `select exists (select from catalogue.services s where s.id = @id::uuid and `+predicate+`)`,
		pgx.NamedArgs(access.ScopeOf(a, action).Args(map[string]any{"id": id}))).Scan(&ok)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}
