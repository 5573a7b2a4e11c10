package questions_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/questions"
	"portal.example/internal-site/internal/web/webtest"
)

// asked are questions of which the list says what it is told.
type asked struct {
	questions.Questions
	list   domain.List
	filter domain.Filter // with which it was asked
}

func (a *asked) List(_ context.Context, _ access.Actor, f domain.Filter) (domain.List, error) {
	a.filter = f
	return a.list, nil
}

func (a *asked) Object(context.Context, uuid.UUID) (access.Object, error) {
	return access.Object{}, nil
}

func (a *asked) page(t *testing.T, address string) string {
	t.Helper()
	clerk := webtest.Member(access.CentreHead, access.InCentre(uuid.New()))
	w := webtest.Alone(t, clerk, questions.Area(questions.Deps{Questions: a})).Get(address)
	return w.Body.String()
}

func TestListOfQuestions(t *testing.T) {
	late := domain.Thread{
		ID: uuid.New(), Number: "К-2026-000007", Topic: "Черга <b>в центрі</b>", Name: "Ґалаґан", State: domain.Open,
		DueOn: webtest.Now().AddDate(0, 0, -1).Truncate(24 * time.Hour),
	}
	a := &asked{list: domain.List{Threads: []domain.Thread{late}, Total: 31, Page: 2}}
	page := a.page(t, "/questions?late=1&q=черга&page=2")
	for _, want := range []string{"К-2026-000007", "прострочено", "Черга &lt;b&gt;", `name="late" value="1"`, `value="черга"`, "page=1"} {
		if !strings.Contains(page, want) {
			t.Errorf("the list lacks %q", want)
		}
	}
	if !a.filter.Late || a.filter.Q != "черга" || a.filter.Page != 2 {
		t.Errorf("asked for %+v", a.filter)
	}
}

func TestListOfLetters(t *testing.T) {
	a := &asked{list: domain.List{Threads: []domain.Thread{{ID: uuid.New(), Number: "К-2026-000008", Topic: "Лист", Official: "Коваль <i>", State: domain.Open}}, Total: 1, Page: 1}}
	page := a.page(t, "/questions?mine=1")
	if !a.filter.Mine || !strings.Contains(page, "Коваль &lt;i&gt;") {
		t.Errorf("asked for %+v", a.filter)
	}
}

func TestListWithoutQuestions(t *testing.T) {
	page := (&asked{list: domain.List{Page: 1}}).page(t, "/questions")
	if strings.Contains(page, "<table") || strings.Contains(page, "govuk-pagination") {
		t.Error("an empty list has a table or pages")
	}
}
