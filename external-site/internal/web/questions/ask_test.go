package questions_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	domain "portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

// What is wrong is said with what was typed; consent is asked for; a question that was discarded is gone.
func TestAQuestionIsRefused(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	w := s.Post(here, "topic", `"><script>Канарейка`, "name", "Олена")
	leads(t, w, here+"?back=1") // an address that can be opened again
	w = s.Get(here)
	if w.Code != http.StatusUnprocessableEntity || desk.Drafts() != 1 {
		t.Errorf("%d, %d drafts", w.Code, desk.Drafts())
	}
	areatest.Contains(t, w.Body.String(), "&gt;&lt;script&gt;Канарейка", `href="#text"`, "Вкажіть хоча б одне: «Електронна пошта» або «Телефон»")
	areatest.Lacks(t, w.Body.String(), "<script>Канарейка")
	leads(t, s.Get(here+"/check"), here)
	leads(t, s.Post(here, question...), here+"/check")
	leads(t, s.Post(here+"/check"), here+"/check?unconfirmed=1")
	if w := s.Get(here + "/check?unconfirmed=1"); w.Code != http.StatusUnprocessableEntity || len(desk.Handed) != 0 {
		t.Errorf("without consent: %d", w.Code)
	}
	leads(t, s.Post(here+"/discard"), "/centres/a~1")
	if desk.Drafts() != 0 {
		t.Error("it was not discarded")
	}
}

// A file that is refused is named on the page, which keeps what was typed; one that is taken goes with the question.
func TestFilesOfAQuestion(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	leads(t, s.Upload(here, "files", []string{"virus.exe", "MZ"}, question...), here+"?back=1")
	w := s.Get(here)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a program as a file: %d", w.Code)
	}
	areatest.Contains(t, w.Body.String(), "файли цього типу не приймають", `value="Канарейка"`)
	leads(t, s.Upload(here, "files", []string{"virus.exe", "MZ"}, "topic", "Канарейка", "name", "Олена"), here+"?back=1")
	page := s.Get(here).Body.String()
	if text, file := strings.Index(page, `href="#text"`), strings.Index(page, `href="#files"`); text < 0 || file < text {
		t.Errorf("mistakes are not told in the order of the questions: text at %d, file at %d", text, file)
	}
	leads(t, s.Upload(here, "files", []string{"фото.pdf", "%PDF-1.7"}, question...), here+"/check")
	areatest.Contains(t, s.Page(here+"/check"), "фото.pdf")
	areatest.Contains(t, s.Page(here), `value="Канарейка"`) // shown for changing
}

// «Add the files» and taking one away keep what was typed, and say what became of the files and nothing else.
func TestFilesAreAddedWhileTheQuestionIsWritten(t *testing.T) {
	s, _ := alone(t, areatest.NewDesk())
	leads(t, s.Upload(here, "files", []string{"virus.exe", "MZ"}, "topic", "Канарейка", "action", "stay"), here+"?back=1")
	w := s.Get(here)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a program as a file: %d", w.Code)
	}
	areatest.Contains(t, w.Body.String(), "virus.exe", `value="Канарейка"`)
	areatest.Lacks(t, w.Body.String(), `href="#text"`)
	leads(t, s.Upload(here, "files", []string{"a.pdf", "%PDF-a"}, "topic", "Канарейка", "text", "Половина", "action", "stay"), here)
	page := s.Page(here)
	areatest.Contains(t, page, "Половина</textarea>")
	file := regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(page)
	if file == nil {
		t.Fatal("the file is not there")
	}
	leads(t, s.Upload(here, "files", nil, "topic", "Канарейка", "text", "Більше ніж половина", "remove", file[1]), here)
	page = s.Page(here)
	areatest.Contains(t, page, "Більше ніж половина</textarea>")
	areatest.Lacks(t, page, "a.pdf")
}

// withDirector lets the centre have an official.
func withDirector(p *place) contract.Person {
	director := contract.Person{Name: "Яворенко Іван <b>", Position: locale.Text{UK: "Директор"}}
	p.centre.CentreAt.People = []contract.Person{director}
	return director
}

// A letter is written to an official of the addressee: it says so on each page and on the receipt, whatever is wrong on the way, and the
// record names them.
func TestALetterToAnOfficial(t *testing.T) {
	desk := areatest.NewDesk()
	s, p := alone(t, desk)
	director := withDirector(p)
	letter := "/ask/letter/centres/a~1/" + director.Key()
	leads(t, s.Get(here+"?service=01&to="+director.Key()), letter+"?service=01") // a link of the release before
	areatest.Contains(t, s.Page(letter), "Написати посадовій особі", "Яворенко Іван &lt;b&gt;", "Директор")
	leads(t, s.Post(letter, "topic", "Канарейка"), letter+"?back=1")
	areatest.Contains(t, s.Get(letter).Body.String(), "Яворенко Іван &lt;b&gt;", `value="Канарейка"`)
	leads(t, s.Post(letter, question...), letter+"/check")
	areatest.Contains(t, s.Page(letter+"/check"), "Яворенко Іван &lt;b&gt;")
	leads(t, s.Post(letter+"/check", "consent", "true"), letter+"/receipt")
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], director.Key()) {
		t.Errorf("handed over: %q", desk.Handed)
	}
	own := s.Get(letter + "/receipt").Header().Get("Location")
	areatest.Contains(t, s.Page(own), "Кому лист", "Яворенко Іван &lt;b&gt;")
	areatest.Contains(t, s.Page(own+"/copy"), "Яворенко Іван &lt;b&gt;")
}

// A letter that was begun and a question to the same addressee leave each other alone.
func TestALetterAndAQuestionAreKeptApart(t *testing.T) {
	desk := areatest.NewDesk()
	s, p := alone(t, desk)
	letter := "/ask/letter/centres/a~1/" + withDirector(p).Key()
	leads(t, s.Post(letter, "topic", "Подяка"), letter+"?back=1")
	page := s.Page(here)
	areatest.Lacks(t, page, "Подяка", "Яворенко")
	areatest.Contains(t, page, "<h1 class=\"govuk-heading-l\">Поставити запитання")
	leads(t, s.Post(here, question...), here+"/check")
	areatest.Lacks(t, s.Page(here+"/check"), "Яворенко")
	areatest.Contains(t, s.Get(letter).Body.String(), `value="Подяка"`)
	if desk.Drafts() != 2 {
		t.Errorf("%d drafts", desk.Drafts())
	}
	leads(t, s.Post(letter+"/discard"), "/centres/a~1")
	areatest.Contains(t, s.Page(here), `value="Канарейка"`)
}

// An official whom nobody knows is told of in words, and what is typed is kept.
func TestALetterToNobody(t *testing.T) {
	desk := areatest.NewDesk()
	s, p := alone(t, desk)
	nobody := "/ask/letter/centres/a~1/unknown"
	leads(t, s.Get(here+"?to=nobody"), nobody)
	areatest.Contains(t, s.Page(nobody), "Посадової особи з цього посилання тут немає", "<h1 class=\"govuk-heading-l\">Поставити запитання")
	leads(t, s.Post(nobody, question...), nobody+"/check")
	areatest.Contains(t, s.Page(nobody), "Посадової особи з цього посилання тут немає", `value="Канарейка"`)

	letter := "/ask/letter/centres/a~1/" + withDirector(p).Key()
	leads(t, s.Post(letter, "topic", "Подяка"), letter+"?back=1")
	p.centre.CentreAt.People = nil
	areatest.Contains(t, s.Get(letter).Body.String(), "вже немає серед тих, кому тут можна писати", "Яворенко", `value="Подяка"`)
	leads(t, s.Post(letter, question...), letter+"/check")
	areatest.Contains(t, s.Page(letter+"/check"), "Яворенко")
}

// What others have asked is read before the form is filled in.
func TestAnswersBeforeTheForm(t *testing.T) {
	s, p := alone(t, areatest.NewDesk())
	areatest.Lacks(t, s.Page(here), "Можливо, на це вже відповіли")
	p.published = []domain.Published{{Question: locale.Text{UK: "Чи можна без черги?"}, Answer: locale.Text{UK: "Так, за записом."}}}
	areatest.Contains(t, s.Page(here), "Можливо, на це вже відповіли", "Чи можна без черги?", "Так, за записом.", `href="/answers"`)
}
