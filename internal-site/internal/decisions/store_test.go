package decisions_test

import (
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/fixture"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestTemplatesOfAnAuthority(t *testing.T) {
	r := fixture.New(t)
	pool := r.DB.PoolAs("internal_site")
	s, head := decisions.NewStore(pool), r.Users[access.AuthorityHead]
	every := decisions.Key{Authority: r.Authority, Outcome: decisions.Granted}
	one := every
	one.Service = r.Service
	inForce := func() string {
		t.Helper()
		found, err := decisions.InForce(t.Context(), pool, one)
		if err != nil {
			t.Fatal(err)
		}
		return found.Text
	}
	save := func(k decisions.Key, version int, text string) error {
		return s.Save(t.Context(), head, decisions.Template{Key: k, Version: version, Text: text})
	}
	standard := decisions.Standard(decisions.Granted)
	if inForce() != standard {
		t.Error("without a template the portal's own is not in force")
	}
	for _, step := range []struct {
		key     decisions.Key
		version int
		text    string
		want    string
	}{
		{every, 0, standard + "\nспільний", standard + "\nспільний"},
		{one, 0, standard + "\r\nпослуги  \r\n", standard + "\nпослуги"},
		{every, 1, standard + "\nспільний 2", standard + "\nпослуги"},
		{one, 1, "", standard + "\nспільний 2"},
		{every, 2, standard, standard},
	} {
		if err := save(step.key, step.version, step.text); err != nil {
			t.Fatal(err)
		}
		if got := inForce(); got != step.want {
			t.Errorf("in force is %q, want %q", got, step.want)
		}
	}
	for version, want := range map[int]fault.Kind{0: fault.Conflict, 2: fault.Conflict, 4: fault.Conflict, -1: fault.Conflict} {
		if err := save(every, version, standard+"\nзапізно"); !fault.Is(err, want) {
			t.Errorf("over version %d: %v", version, err)
		}
	}
	if err := save(decisions.Key{Authority: r.Authority, Service: r.OtherService, Outcome: decisions.Granted}, 0, standard+"\n"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a service of another authority: %v", err)
	}
	var versions, trail int
	err := r.DB.Pool.QueryRow(t.Context(), `select (select count(*) from decisions.templates),
		(select count(*) from audit.events where action = 'decisions.template.save' and authority_id = $1)`, r.Authority).Scan(&versions, &trail)
	if err != nil || versions != 5 || trail != 5 {
		t.Errorf("%d versions, %d in the trail, %v", versions, trail, err)
	}
	if _, err := pool.Exec(t.Context(), `update decisions.templates set text = ''`); err == nil {
		t.Error("a version can be changed")
	}
}

func TestTemplatesAreTheAuthoritysOwn(t *testing.T) {
	r := fixture.New(t)
	s := decisions.NewStore(r.DB.PoolAs("internal_site"))
	k := decisions.Key{Authority: r.Authority, Outcome: decisions.Refused}
	text := decisions.Standard(decisions.Refused) + "\nвласний"
	for name, actor := range map[string]access.Actor{
		"an officer": r.Users[access.Officer], "a clerk": r.Users[access.Administrator], "a centre's head": r.Users[access.CentreHead],
		"another authority's head": r.OtherUsers[access.AuthorityHead], "nobody": {UserID: uuid.New()},
	} {
		if err := s.Save(t.Context(), actor, decisions.Template{Key: k, Text: text}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s saves: %v", name, err)
		}
		if _, err := s.Template(t.Context(), actor, k); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s reads: %v", name, err)
		}
	}
	head := r.Users[access.AuthorityHead]
	if err := s.Save(t.Context(), head, decisions.Template{Key: k, Text: text}); err != nil {
		t.Fatal(err)
	}
	board, err := s.Board(t.Context(), head)
	if err != nil || len(board.Authorities) != 1 || len(board.Services) != 1 || len(board.Templates) != 1 || board.Templates[0].Text != text ||
		board.Templates[0].SavedBy != head.Name {
		t.Errorf("%+v, %v", board, err)
	}
	if board, err := s.Board(t.Context(), r.OtherUsers[access.AuthorityHead]); err != nil || len(board.Templates) != 0 {
		t.Errorf("another authority sees %+v, %v", board.Templates, err)
	}
	if _, err := s.Board(t.Context(), r.Users[access.Officer]); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer: %v", err)
	}
}
