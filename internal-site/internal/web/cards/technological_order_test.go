package cards_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// The page of a card says what runs in parallel and when, and its form takes the order by numbers of rows.
func TestParallelStagesAreShownAndTyped(t *testing.T) {
	s := newShelf()
	head, path := s.head(t), s.tech.path("tech-cards")
	s.tech.draft.Content = fixture.ParallelCard(fixture.NewID(), fixture.NewID())
	webtest.Shows(t, head.Get(path), http.StatusOK, "після етапів 2, 3; лише якщо попередній етап завершено так: «потрібне обстеження»",
		"Варіанти завершення: без зауважень / потрібне обстеження", "після етапу 1")
	webtest.Shows(t, head.Get(path+"/edit"), http.StatusOK, `name="stages.1.ends_ids" value="clear,unclear"`, `name="stages.2.after_rows" type="text" value="1"`,
		"лише якщо підсумок етапу 2 – «потрібне обстеження»", `name="stages.3.id" value="inspection"`)
	form := url.Values{
		"version": {"1"}, "do": {"sum"}, "stages.0.name.uk": {"Прийом"}, "stages.0.id": {"a"}, "stages.0.action": {"executes"},
		"stages.0.ends": {"так\nні | no"}, "stages.0.ends_was": {"так"}, "stages.0.ends_ids": {"yes"},
		"stages.1.name.uk": {"Розгляд"}, "stages.1.id": {"b"}, "stages.1.action": {"executes"}, "stages.1.after_rows": {"1"}, "stages.1.condition": {"outcome:yes"},
	}
	shown := head.Multipart(path+"/edit", form, "", "", nil)
	webtest.Shows(t, shown, http.StatusOK, `value="outcome:yes" selected`, `name="stages.0.ends_ids" value="yes,`, "ні | no")
	form.Set("do", "up stages 1") // the condition and the number go with their rows
	webtest.Shows(t, head.Multipart(path+"/edit", form, "", "", nil), http.StatusOK, `name="stages.0.after_rows" type="text" value="2"`)
	form.Set("do", "save")
	form.Set("stages.1.after_rows", "7")
	webtest.Shows(t, head.Multipart(path+"/edit", form, "", "", nil), http.StatusUnprocessableEntity, "Зазначте номери етапів цієї картки через кому", `value="7"`)
	form.Set("stages.1.after_rows", "2")
	webtest.Shows(t, head.Multipart(path+"/edit", form, "", "", nil), http.StatusUnprocessableEntity, "Етап може чекати лише на етапи, що стоять вище")
}

// A stage can depend on an answer of the service's form; an answer that the form does not offer any more stays chosen until it is changed.
func TestAStageIsDoneForAnAnswer(t *testing.T) {
	s := newShelf()
	head, path := s.head(t), s.tech.path("tech-cards")
	s.tech.draft.Content.Stages[1].When = &contract.StageCondition{
		Question: "gone", Value: "x", Asked: locale.Text{UK: "Колишнє запитання"}, Answer: locale.Text{UK: "так"},
	}
	webtest.Shows(t, head.Get(path), http.StatusOK, "лише якщо у заяві на запитання «Колишнє запитання» відповіли «так»")
	webtest.Shows(t, head.Get(path+"/edit"), http.StatusOK, `value="answer:gone=x" selected`,
		`value="answer:purpose=birth"`, "лише якщо у заяві на запитання «Для чого допомога» відповіли «Народження дитини»")
	form := url.Values{
		"version": {"1"}, "do": {"sum"}, "stages.0.name.uk": {"Прийом"}, "stages.0.id": {"a"}, "stages.0.action": {"executes"},
		"stages.1.name.uk": {"Огляд"}, "stages.1.id": {"b"}, "stages.1.action": {"executes"}, "stages.1.condition": {"answer:purpose=other"},
	}
	webtest.Shows(t, head.Multipart(path+"/edit", form, "", "", nil), http.StatusOK, `value="answer:purpose=other" selected`)
}
