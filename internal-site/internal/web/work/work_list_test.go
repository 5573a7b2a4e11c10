package work_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/journals"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/internal-site/internal/web/work"
	domain "portal.example/internal-site/internal/work"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

var kinds = []domain.Kind{{Name: "journal", Needs: journals.View, Says: func(_ *locale.Printer, told json.RawMessage) string { return string(told) }}}

func TestRoutes(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{work.Area(work.Deps{Work: domain.NewStore(d.Pool), Kinds: kinds})}
	})
	webtest.Walk(t, s, func(path string) string { return strings.Replace(path, ":id", uuid.NewString(), 1) }, nil)
}

// played is work that a test plays itself.
type played struct {
	page    domain.Page
	at      domain.Place
	others  bool
	stopped uuid.UUID
	file    domain.File
	refuse  error
}

func (p *played) List(_ context.Context, _ access.Actor, others bool, at domain.Place, _ int) (domain.Page, error) {
	p.others, p.at = others, at
	return p.page, p.refuse
}

func (p *played) Stop(_ context.Context, _ access.Actor, id uuid.UUID) error {
	p.stopped = id
	return p.refuse
}

func (p *played) Fetch(_ context.Context, _ access.Actor, _ uuid.UUID, needs func(string) (access.Action, bool)) (domain.File, error) {
	if action, known := needs("journal"); !known || action != journals.View {
		return domain.File{}, fault.New(fault.NotFound, "")
	}
	return p.file, p.refuse
}

func (*played) Get(context.Context, string, string) (io.ReadCloser, blob.Info, error) {
	return io.NopCloser(bytes.NewReader([]byte("рядки"))), blob.Info{}, nil
}

func newSite(t *testing.T, p *played, actor access.Actor) webtest.Client {
	t.Helper()
	return webtest.Alone(t, actor, work.Area(work.Deps{Work: p, Files: p, Kinds: kinds}))
}

func TestList(t *testing.T) {
	head := webtest.Member(access.CentreHead, access.InCentre(fixture.NewID()))
	p := &played{}
	c := newSite(t, p, head)
	empty := c.Get("/work")
	webtest.Shows(t, empty, http.StatusOK, "Ви ще нічого не просили")
	webtest.Lacks(t, empty, "follow=on")
	at := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	file := &domain.File{Named: domain.Named{FileName: "журнал.csv"}, Size: 2 << 20, KeptUntil: at.AddDate(0, 0, 7)}
	job := func(state domain.State, by uuid.UUID) domain.Job {
		return domain.Job{ID: fixture.NewID(), Kind: "journal", By: by, ByName: "Сила Праця", AskedAt: at, State: state}
	}
	waits, runs, counts, done, theirs, gone, failed, stopped, unknown := job(domain.Waiting, head.UserID), job(domain.Running, head.UserID), job(domain.Running, head.UserID), job(domain.Done, head.UserID),
		job(domain.Done, fixture.NewID()), job(domain.Done, head.UserID), job(domain.Failed, head.UserID), job(domain.Stopped, head.UserID), job(domain.Failed, head.UserID)
	runs.Told = json.RawMessage("42")
	runs.Done, runs.Total, counts.Done = 250, 1000, 1234
	done.File, theirs.File, failed.Reason, unknown.Kind, unknown.Reason = file, file, "work.failed.no_right", "old", "work.failed.unknown"
	p.page = domain.Page{Jobs: []domain.Job{waits, runs, counts, done, theirs, gone, failed, stopped, unknown}, More: true}
	page := c.Get("/work")
	webtest.Shows(t, page, http.StatusOK, "Журнал файлом", "Журнал файлом: 42", "Чекає", `value="25"`, "25 %", "Записано рядків: 1", "журнал.csv", "2\u00a0МБ", "Файл чекає до 07.12.2026", "Файл уже видалено", "Права того, хто просив", "Зупинено",
		`action="/work/`+waits.ID.String()+`/stop"`, `href="/work/`+done.ID.String()+`/file"`, "Файл лише для того, хто про нього просив", "Сила Праця", "Робота, якої портал більше не вміє", "Раніші", "follow=on")
	webtest.Lacks(t, page, `http-equiv="refresh"`, `href="/work/`+theirs.ID.String()+`/file"`, `action="/work/`+done.ID.String()+`/stop"`)
	if !p.others {
		t.Error("a head sees their own only")
	}
	webtest.Shows(t, c.Get("/work?follow=on"), http.StatusOK, `http-equiv="refresh"`, "Більше не оновлювати")
	webtest.Shows(t, c.Get("/work?after=2026-11-30T10:00:00Z_"+unknown.ID.String()), http.StatusOK, "На початок")
	if p.at != unknown.Place() {
		t.Errorf("the next page begins behind %v", p.at)
	}
	p.page.Jobs = []domain.Job{done}
	webtest.Lacks(t, c.Get("/work?follow=on"), `http-equiv="refresh"`)
	officer := newSite(t, p, webtest.Member(access.Officer, access.InAuthority(fixture.NewID())))
	webtest.Lacks(t, officer.Get("/work"), "Сила Праця")
}

func TestStopping(t *testing.T) {
	p, id := &played{}, fixture.NewID()
	c := newSite(t, p, webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())))
	if w := c.Post("/work/"+id.String()+"/stop", nil); w.Code != http.StatusSeeOther || p.stopped != id {
		t.Errorf("%d, %v", w.Code, p.stopped)
	}
	p.refuse = fault.New(fault.Conflict, "work.over")
	if w := c.Post("/work/"+id.String()+"/stop", nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/work" {
		t.Errorf("what is over: %d", w.Code)
	}
	p.refuse = fault.New(fault.NotFound, "")
	if w := c.Post("/work/"+id.String()+"/stop", nil); w.Code != http.StatusNotFound {
		t.Errorf("somebody else's: %d", w.Code)
	}
}

func TestFile(t *testing.T) {
	p := &played{file: domain.File{Named: domain.Named{FileName: "журнал.csv", MediaType: "text/csv"}, Size: int64(len("рядки"))}}
	c := newSite(t, p, webtest.Member(access.CentreHead, access.InCentre(fixture.NewID())))
	address := "/work/" + fixture.NewID().String() + "/file"
	w := c.Get(address)
	if w.Code != http.StatusOK || w.Body.String() != "рядки" || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || w.Header().Get("Content-Type") != "text/csv" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %q %v", w.Code, w.Body.String(), w.Header())
	}
	p.refuse = fault.New(fault.Forbidden, "work.reach_changed")
	webtest.Shows(t, c.Get(address), http.StatusForbidden)
	p.refuse = fault.New(fault.Conflict, "work.file_gone")
	webtest.Shows(t, c.Get(address), http.StatusConflict, "Файл уже видалено")
}
