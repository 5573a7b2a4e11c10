package trail_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/trail"
	"portal.example/shared/fault"
	"portal.example/shared/pgtest"
)

// reader is somebody with the right to see the trail.
var reader = access.Actor{UserID: uuid.New(), Rights: access.Rights{trail.View: {All: true}}}

func TestFind(t *testing.T) {
	db, id := pgtest.Internal(t), uuid.New()
	db.Exec(`insert into access.users (id, login, full_name, password_hash, must_change) values ($1, 'o.koval', 'Коваль Олена', '!', false)`, id)
	s, koval := trail.NewStore(db.PoolAs("internal_site")), audit.Actor{ID: &id, Name: "o.koval"}
	for _, each := range []struct {
		by     audit.Actor
		action string
		object string
	}{
		{koval, "cases.case.take", "1"},
		{koval, "cases.read", "1"},
		{koval, "cases.list", ""},
		{koval, "casesmore.act", "2"},
		{audit.System("intake"), "intake.submission.registered", "1"},
	} {
		if err := s.Read(t.Context(), each.by, audit.Entry{Action: each.action, ObjectType: "case", ObjectID: each.object}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Link(t.Context()); err != nil {
		t.Fatal(err)
	}
	today := time.Now()
	for name, c := range map[string]struct {
		f    trail.Filter
		want []string
	}{
		"everything":      {trail.Filter{}, []string{"intake.submission.registered", "casesmore.act", "cases.list", "cases.read", "cases.case.take"}},
		"a surname":       {trail.Filter{Who: "коваль"}, []string{"casesmore.act", "cases.list", "cases.read", "cases.case.take"}},
		"a login":         {trail.Filter{Who: "o.koval", Kind: trail.Readings}, []string{"cases.list", "cases.read"}},
		"a process":       {trail.Filter{Who: "intake"}, []string{"intake.submission.registered"}},
		"an object":       {trail.Filter{Object: "1", Kind: trail.Changes}, []string{"intake.submission.registered", "cases.case.take"}},
		"a section":       {trail.Filter{Domain: "cases"}, []string{"cases.list", "cases.read", "cases.case.take"}},
		"until yesterday": {trail.Filter{To: today.AddDate(0, 0, -2)}, nil},
		"since yesterday": {trail.Filter{From: today.AddDate(0, 0, -1), Domain: "intake"}, []string{"intake.submission.registered"}},
		"nobody":          {trail.Filter{Who: "%"}, nil},
		"no such case":    {trail.Filter{Object: "01-2026-000009"}, nil},
	} {
		list, total, err := s.Find(t.Context(), reader, c.f, 0, 50)
		var got []string
		for _, e := range list {
			got = append(got, e.Action)
		}
		if err != nil || !slices.Equal(got, c.want) || total != len(c.want) && len(got) > 0 {
			t.Errorf("%s: %q of %d, %v; want %q", name, got, total, err, c.want)
		}
	}
	list, total, err := s.Find(t.Context(), reader, trail.Filter{}, 1, 1)
	if err != nil || len(list) != 1 || total != 5 || list[0].Name != "Коваль Олена" || list[0].Number() != "4" {
		t.Errorf("the second page: %+v of %d, %v", list, total, err)
	}
	if _, _, err := s.Find(t.Context(), access.Actor{}, trail.Filter{}, 0, 50); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without the right: %v", err)
	}
	if domains, err := s.Domains(t.Context()); err != nil || !slices.Equal(domains, []string{"cases", "casesmore", "intake"}) {
		t.Errorf("sections %q, %v", domains, err)
	}
}

// An export goes on where the one before ended, and each of its lines has what the chain covers.
func TestExport(t *testing.T) {
	db, s := chained(t, 3)
	var lines []map[string]any
	read := func(line map[string]any) error {
		lines = append(lines, line)
		return nil
	}
	if err := s.Export(t.Context(), 2, read); err != nil {
		t.Fatal(err)
	}
	write(t, db, 1)
	if _, err := s.Link(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Export(t.Context(), 4, read); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 3 || lines[0]["seq"] != int64(2) || lines[2]["seq"] != int64(4) || lines[0]["actor"] != "o.koval" {
		t.Errorf("%v", lines)
	}
	if _, err := json.Marshal(lines); err != nil {
		t.Error(err)
	}
}

// Checkpoints that were kept in a file are read again, without a last line that was being written.
func TestKeeperKeepsInAFile(t *testing.T) {
	db, s := chained(t, 3)
	k := &trail.Keeper{Key: newKey(t), File: filepath.Join(t.TempDir(), "checkpoints.jsonl")}
	for n := range 3 {
		if _, made, err := k.Keep(t.Context(), s); err != nil || made != (n != 1) {
			t.Fatalf("%d: %v, %v", n, made, err)
		}
		if n == 1 {
			write(t, db, 2)
			if _, err := s.Link(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept, err := os.ReadFile(k.File)
	if err != nil {
		t.Fatal(err)
	}
	list, err := trail.ReadCheckpoints(bytes.NewReader(append(kept, `{"seq": 9, "ha`...)))
	if err != nil || len(list) != 2 || list[0].Seq != 3 || list[1].Seq != 5 || !list[1].Holds(k.Key.Public()) {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := trail.ReadCheckpoints(bytes.NewReader([]byte("{}\n"))); err == nil {
		t.Error("a line that is no checkpoint was taken")
	}
	forged := list[1]
	forged.Seq++
	if forged.Holds(k.Key.Public()) {
		t.Error("a checkpoint of another number holds")
	}
}
