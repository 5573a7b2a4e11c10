package cards

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type formQuestionPage struct {
	web.Page
	Service catalogue.Service
	Card    catalogue.Form
	Form    *web.Form
	Kind    string // "" while it is to be chosen
	New     bool
	Choices questionChoices
	Look    template.HTML // the page of the form as citizens will see it
	Address string
}

// Has says whether the form of the page's kind has the group of fields.
func (p *formQuestionPage) Has(group string) bool { return slices.Contains(fieldsOf(p.Kind), group) }

// question shows one question for changing, or asks of which kind a new one is.
func (p formPages) question(c *gin.Context) error {
	service, v, err := p.open(c)
	if err != nil {
		return err
	}
	if c.Param("question") == fresh {
		return p.renderQuestion(c, http.StatusOK, service, v, p.newQuestion(c, v))
	}
	page, q := v.Content.Question(c.Param("question"))
	if q == nil {
		return fault.New(fault.NotFound, "")
	}
	form := questionForm(page.ID, *q)
	form.Set("version", mark(v.Content, q.Name))
	return p.renderQuestion(c, http.StatusOK, service, v, form)
}

// newQuestion is the form of a question that is not there yet: the address says on which page, of which kind, and for which document.
func (p formPages) newQuestion(c *gin.Context, v catalogue.Form) *web.Form {
	q := forms.Question{MaxLength: 200, Required: true}
	page := c.Query("page")
	kind := c.Query("kind")
	if !slices.Contains(questionKinds, kind) {
		kind = ""
	}
	if kind != "" {
		ofKind(&q, kind)
	}
	if id := c.Query("document"); id != "" {
		documents, _ := p.documents(c)
		if i := slices.IndexFunc(documents, func(d contract.Document) bool { return d.ID == id }); i >= 0 {
			q = catalogue.FileQuestion(documents[i])
		}
	}
	if v.Content.Page(page) == nil && len(v.Content.Pages) > 0 {
		page = v.Content.Pages[len(v.Content.Pages)-1].ID
	}
	form := questionForm(page, q)
	form.Set("kind", kind)
	return form
}

// mark is what a question was when its page was opened.
func mark(s forms.Sketch, name string) string {
	page, q := s.Question(name)
	if q == nil {
		return ""
	}
	h := fnv.New64a()
	form := questionForm(page.ID, *q)
	for _, field := range form.Names() {
		_, _ = fmt.Fprintf(h, "%s\x00%q\x01", field, form.Values(field))
	}
	return fmt.Sprintf("%x", h.Sum64())
}

// withoutKeeping are the buttons that only show the page of a question again.
var withoutKeeping = []string{conflict.DoEdit, "look", "kind"}

func (p formPages) questionPost(c *gin.Context) error {
	service, v, err := p.open(c)
	if err != nil {
		return err
	}
	form, err := request.Form(p.site, c)
	if err != nil {
		return err
	}
	if form.Value("do") == "kind" && slices.Contains(questionKinds, form.Value("other_kind")) {
		form.Set("kind", form.Value("other_kind"))
	}
	name := c.Param("question")
	if name == fresh {
		name = ""
	}
	saved := forms.Question{}
	if _, present := v.Content.Question(name); present != nil {
		saved = *present
	}
	q := readQuestion(form, name, saved)
	if do := form.Value("do"); slices.Contains(withoutKeeping, do) || do == "" && web.ShowOnly(c) {
		if do != "look" {
			form.Unask("")
		}
		return p.renderQuestion(c, statusOf(form), service, v, form)
	}
	for _, e := range catalogue.CheckQuestion(q) {
		form.Add(e.Field, e.Key, e.Args...)
	}
	if form.OK() && mark(v.Content, name) != form.Value("version") {
		return p.questionConflict(c, service, v, q, form)
	}
	if form.OK() {
		v, err = p.keepQuestion(c, v, form, q)
		if err != nil && !takeAll(form, err) {
			return err
		}
	}
	if !form.OK() {
		return p.renderQuestion(c, http.StatusUnprocessableEntity, service, v, form)
	}
	p.site.Flash(c, "cards.saved")
	return web.Redirect(c, p.base(v.Meta)+p.afterQuestion(v, form, name))
}

// keepQuestion saves the question. Somebody who writes at another question of the form at the same moment is in nobody's way: the change is
// made to the form as it is then, as long as this question is as it was.
func (p formPages) keepQuestion(c *gin.Context, v catalogue.Form, form *web.Form, q forms.Question) (catalogue.Form, error) {
	for range 3 {
		saved, err := p.change(c, v, catalogue.PutQuestion(form.Value("page"), q))
		if !fault.Is(err, fault.Conflict) {
			return saved, err
		}
		if v, err = p.versions.Get(c.Request.Context(), v.ID); err != nil {
			return v, err
		}
		if v.State != catalogue.Draft || mark(v.Content, q.Name) != form.Value("version") {
			break
		}
	}
	return v, fault.New(fault.Conflict, "")
}

// afterQuestion is where a question that was kept leads to: the next new one, the preview of its page, or its place in the form.
func (p formPages) afterQuestion(v catalogue.Form, form *web.Form, name string) string {
	switch form.Value("do") {
	case "another":
		return "/questions/new?page=" + form.Value("page")
	case "preview":
		return "/preview?page=" + form.Value("page")
	}
	if page := v.Content.Page(form.Value("page")); name == "" && page != nil {
		return "#" + page.ID
	}
	return "#" + name
}

// questionConflict shows the question as somebody else has saved it beside what was typed.
func (p formPages) questionConflict(c *gin.Context, s catalogue.Service, v catalogue.Form, mine forms.Question, form *web.Form) error {
	page, present := v.Content.Question(mine.Name)
	if present == nil { // it is gone: what was typed comes back, and can be saved as a new one
		form.Add("", "cards.q.gone")
		form.Set("version", "")
		return p.renderQuestion(c, http.StatusConflict, s, v, form)
	}
	by, err := p.versions.LastChange(c.Request.Context(), v.ServiceID)
	if err != nil {
		return err
	}
	documents, err := p.documentNames(c)
	if err != nil {
		return err
	}
	words := p.site.Printer(c)
	lines := func(page string, q forms.Question) []string {
		at := ""
		if on := v.Content.Page(page); on != nil {
			at = words.Value(on.Title)
		}
		return append([]string{joined(q.Title.UK, q.Title.EN), joined(q.Hint.UK, q.Hint.EN), at}, questionLines(words, v.Content, q, documents)...)
	}
	out := &conflict.Page{
		Action: p.base(v.Meta) + "/questions/" + mine.Name, Saved: p.base(v.Meta) + "/questions/" + mine.Name, Overwrite: v.State == catalogue.Draft, By: by,
		Rows:   []conflict.Row{{Label: words.T("cards.q.question"), Saved: lines(page.ID, *present), Mine: lines(form.Value("page"), mine)}},
		Latest: questionForm(page.ID, *present).All(),
	}
	return conflict.Render(p.site, c, out, form.All(), mark(v.Content, mine.Name))
}

func (p formPages) renderQuestion(c *gin.Context, status int, s catalogue.Service, v catalogue.Form, form *web.Form) error {
	web.SetTyped(c, form)
	form.Set("other_kind", form.Value("kind"))
	page := &formQuestionPage{
		Service: s, Card: v, Form: form, Kind: form.Value("kind"), New: c.Param("question") == fresh, Address: p.base(v.Meta),
	}
	page.Errors, page.Back = form.Errors(), p.backTo(c, v)
	var err error
	if page.Choices, err = p.questionChoices(c, v.Content, page.Kind); err != nil {
		return err
	}
	if page.Kind != "" {
		if page.Look, err = p.look(c, v.Content, form); err != nil {
			return err
		}
	}
	return p.site.Render(c, status, "cards/form_question", page)
}

// look is the page of the form on which the question stands, as citizens will see it; empty while what was typed makes no question.
func (p formPages) look(c *gin.Context, s forms.Sketch, form *web.Form) (template.HTML, error) {
	typed := web.NewForm(form.All()) // what is wrong is told by the form itself
	name := c.Param("question")
	if name == fresh {
		name = ""
	}
	saved := forms.Question{}
	if _, present := s.Question(name); present != nil {
		saved = *present
	}
	q := readQuestion(typed, name, saved)
	if !typed.OK() || len(catalogue.CheckQuestion(q)) > 0 {
		return "", nil
	}
	content, err := catalogue.Changed(s, catalogue.PutQuestion(form.Value("page"), q))
	if err != nil {
		return "", nil //nolint:nilerr // it is told when the question is saved
	}
	drafted, err := p.versions.Tidy(content).Draft()
	if err != nil {
		return "", nil //nolint:nilerr // it is told when the question is saved
	}
	step, _ := drafted.Step(form.Value("page"))
	draw, err := formControls()
	if err != nil {
		return "", err
	}
	return draw.Step(web.Lang(c), forms.Shown{Form: drafted, Step: step, Typed: web.NewForm(nil), Prefix: "look.", All: true})
}

// questionChoices is what the page of a question offers to choose from.
type questionChoices struct {
	Kinds      []ui.Choice
	OtherKinds []ui.SelectItem
	Pages      []ui.SelectItem
	When       []ui.Choice
	Documents  []ui.SelectItem
	Widths     []ui.SelectItem
	Prefills   []ui.SelectItem
	Bounds     []ui.SelectItem
	Units      []ui.SelectItem
	Required   []ui.Choice
	Pattern    []ui.Choice
	Integer    []ui.Choice
}

func (p formPages) questionChoices(c *gin.Context, s forms.Sketch, kind string) (questionChoices, error) {
	words := p.site.Printer(c)
	documents, err := p.documents(c)
	if err != nil {
		return questionChoices{}, err
	}
	must := "cards.q.required"
	if kind == string(forms.WidgetCheckbox) {
		must = "cards.q.must_tick"
	}
	o := questionChoices{
		Required: []ui.Choice{ui.NewChoice("true", words.T(must))}, Pattern: []ui.Choice{ui.NewChoice("true", words.T("cards.q.pattern_keep"))},
		Integer: []ui.Choice{ui.NewChoice("true", words.T("cards.q.integer"))},
		Documents: request.Options(words, words.T("cards.q.document_choose"), documents, func(d contract.Document) (string, locale.Text) {
			return d.ID, d.Name
		}),
		Prefills: request.Words(words, words.T("cards.q.prefill_none"), "cards.q.prefill.", catalogue.Prefills...),
		Bounds:   request.Words(words, words.T("cards.q.bound.none"), "cards.q.bound.", boundToday, boundDay, boundPast, boundAhead),
		Units:    request.Words(words, "", "cards.q.unit_of.", "d", "m", "y"),
		Widths:   []ui.SelectItem{{Text: words.T("cards.q.width_usual")}},
		When:     whenChoices(words, s, c.Param("question")),
	}
	for _, w := range forms.Widths {
		o.Widths = append(o.Widths, ui.SelectItem{Value: fmt.Sprint(w), Text: words.T("cards.q.width_of", w)})
	}
	for i, page := range s.Pages {
		o.Pages = append(o.Pages, ui.SelectItem{Value: page.ID, Text: fmt.Sprintf("%d. %s", i+1, words.Value(page.Title))})
	}
	for _, k := range questionKinds {
		hint := "cards.q.kind_hint." + k
		if words.Has(hint) {
			o.Kinds = append(o.Kinds, ui.NewChoice(k, words.T("cards.q.kind."+k), words.T(hint)))
		} else {
			o.Kinds = append(o.Kinds, ui.NewChoice(k, words.T("cards.q.kind."+k)))
		}
		o.OtherKinds = append(o.OtherKinds, ui.SelectItem{Value: k, Text: words.T("cards.q.kind." + k)})
	}
	return o, nil
}

// whenChoices are the answers after which the question can be asked, each as «question=answer».
func whenChoices(p *locale.Printer, s forms.Sketch, name string) (list []ui.Choice) {
	for _, page := range s.Pages {
		for _, q := range page.Questions {
			if q.Name == name {
				return list
			}
			for _, v := range catalogue.Answers(q) {
				text := p.T("cards.q.when_is_ticked", q.Title)
				if q.Widget != forms.WidgetCheckbox {
					text = p.T("cards.q.when_is", q.Title, optionWords(p, q, []string{v}))
				}
				list = append(list, ui.NewChoice(q.Name+"="+v, text))
			}
		}
	}
	return list
}

// readWhen reads the condition: answers to one question.
func readWhen(form *web.Form) *forms.When {
	var w forms.When
	for _, chosen := range form.Values("when") {
		question, answer, ok := strings.Cut(chosen, "=")
		if !ok {
			continue
		}
		form.Check(w.Field == "" || w.Field == question, "when", "cards.q.when_one")
		w.Field, w.Values = question, append(w.Values, answer)
	}
	if w.Field == "" {
		return nil
	}
	return &w
}
