package cases_test

import (
	"regexp"
	"strings"
	"testing"

	domain "portal.example/internal-site/internal/cases"
)

var (
	barSteps = regexp.MustCompile(`(?s)<ol class="portal-bar__steps">(.*?)</ol>`)
	barStep  = regexp.MustCompile(`(?s)<li class="(portal-bar__step[^"]*)"( aria-current="step")?>(.*?)</li>`)
	markup   = regexp.MustCompile(`(?s)<[^>]*>|\s+`)
)

// stepsOf are the steps of the bar in words; the current one begins with an arrow.
func stepsOf(t *testing.T, page string) (list []string) {
	t.Helper()
	bar := barSteps.FindString(page)
	if bar == "" {
		t.Fatal("the page has no bar of stages")
	}
	for _, m := range barStep.FindAllStringSubmatch(bar, -1) {
		words := strings.Join(strings.Fields(markup.ReplaceAllString(m[3], " ")), " ")
		if m[2] != "" {
			words = "→ " + words
		}
		list = append(list, words)
	}
	return list
}

// The bar says of each stage whose it is and where it stands; the reader's own active stage is the current one, also where several
// are active at once.
func TestTheBarOfStages(t *testing.T) {
	p := play()
	p.must(t, domain.Command{Act: domain.Take}, domain.Command{Act: domain.FinishStage})
	due := p.now.AddDate(0, 0, 1)
	for i := range p.w.Stages { // a stage of the partner and one of the authority that decides run side by side
		if p.w.Stages[i].State == domain.StageWaiting && p.w.Stages[i].AuthorityID != nil && *p.w.Stages[i].AuthorityID == p.authority {
			p.w.Stages[i].State, p.w.Stages[i].StartedAt, p.w.Stages[i].DueOn = domain.StageActive, &p.now, &due
			break
		}
	}
	page := p.as(t, p.partner).Get("/cases/" + p.w.Case.ID.String()).Body.String()
	steps := stepsOf(t, page)
	if len(steps) != len(p.w.Stages) {
		t.Fatalf("%d steps of %d stages", len(steps), len(p.w.Stages))
	}
	_, turns, _ := strings.Cut(page, "Чия зараз черга")
	turns, _, _ = strings.Cut(turns, "</dd>")
	if strings.Count(turns, ", до ") != 2 {
		t.Errorf("two parties have to act, the page says %q", turns)
	}
	current, active := 0, 0
	for i, s := range p.w.Stages {
		if strings.HasPrefix(steps[i], "→ ") {
			current++
			if s.State != domain.StageActive || s.AuthorityID == nil || *s.AuthorityID == p.authority {
				t.Errorf("the partner is at %q", steps[i])
			}
		}
		switch s.State {
		case domain.StageDone:
			if !strings.Contains(steps[i], "завершено ") {
				t.Errorf("a stage that is done: %q", steps[i])
			}
		case domain.StageActive:
			if active++; !strings.Contains(steps[i], "до ") || !strings.Contains(steps[i], "ще ") && !strings.Contains(steps[i], "останній день") {
				t.Errorf("an active stage: %q", steps[i])
			}
		case domain.StageWaiting:
			if !strings.Contains(steps[i], "очікує") {
				t.Errorf("a stage that waits: %q", steps[i])
			}
		}
	}
	if current != 1 || active != 2 {
		t.Errorf("%d current steps and %d active ones in %q", current, active, steps)
	}
}

func TestTheBarSaysWhatIsLateAndWhatStands(t *testing.T) {
	p := play()
	p.must(t, domain.Command{Act: domain.Take})
	past := p.now.AddDate(0, 0, -3)
	p.w.Stages[0].DueOn = &past
	path := "/cases/" + p.w.Case.ID.String()
	if steps := stepsOf(t, p.as(t, p.clerk).Get(path).Body.String()); !strings.Contains(steps[0], "прострочено, строк був") {
		t.Errorf("late: %q", steps[0])
	}
	p.must(t, domain.Command{Act: domain.Suspend, Text: "Бракує документа"})
	if steps := stepsOf(t, p.as(t, p.clerk).Get(path).Body.String()); !strings.Contains(steps[0], "строк зупинено") || strings.Contains(steps[0], "прострочено") {
		t.Errorf("suspended: %q", steps[0])
	}
}
