package surveys

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type surveyResultsPage struct {
	web.Page
	Form     *web.Form
	Results  surveys.Results
	Figures  []figure
	Words    []surveys.Answer
	List     ui.Listing // of the words
	Services []ui.SelectItem
	Centres  []ui.SelectItem
	Export   string
	HasWords bool // some question is answered in words
}

// figure is what was answered to one question.
type figure struct {
	contract.SurveyQuestion
	Answered int
	Median   float64 // of a scale
	Values   []counted
}

type counted struct {
	Text  string
	Count int
	Share int // of a hundred who answered the question
}

// Asked is the question with the key.
func (p *surveyResultsPage) Asked(key string) locale.Text {
	q, err := p.Results.Survey.Question(key)
	if err != nil {
		return locale.Text{}
	}
	return q.Text
}

var resultsFilter = request.Filter{
	"service": request.AnyID, "centre": request.AnyID, "q": request.AnyText, "export": request.OneOf("csv"),
	"from-day": request.AnyText, "from-month": request.AnyText, "from-year": request.AnyText,
	"to-day": request.AnyText, "to-month": request.AnyText, "to-year": request.AnyText,
}

// results shows what was answered, by service, centre and days, or sends it as a file.
func (h handlers) results(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := request.ReadFilter(c, resultsFilter)
	if err != nil {
		return err
	}
	ctx, actor := c.Request.Context(), session.Actor(c)
	f := surveys.Filter{
		Service: request.FormID(form, "service"), Centre: request.FormID(form, "centre"), Q: form.Value("q"),
		From: dateOf(form.Date("from")), To: dateOf(form.Date("to")),
	}
	page := &surveyResultsPage{Form: form, Export: request.ExportHref(c)}
	page.Errors = form.Errors()
	if page.Results, err = h.Surveys.Results(ctx, actor, id, f); err != nil {
		return err
	}
	page.Figures = h.figures(c, page.Results)
	for _, q := range page.Results.Survey.Questions {
		page.HasWords = page.HasWords || q.Kind == contract.AskText
	}
	if request.WantsCSV(form) && !page.Results.Hidden {
		return h.sendResults(c, page)
	}
	if page.HasWords && !page.Results.Hidden {
		words, total, shown, err := request.ReadPage(request.Page(form), surveys.PageSize, func(n int) ([]surveys.Answer, int, error) {
			return h.Surveys.Words(ctx, actor, id, f, n, surveys.PageSize)
		})
		if err != nil {
			return err
		}
		page.Words, page.List = words, request.Listing(c, shown, surveys.PageSize, total)
	}
	if page.Services, page.Centres, err = h.places(c); err != nil {
		return err
	}
	page.Back = &ui.Link{Href: "/surveys/" + id.String(), Text: h.site.T(c, "surveys.back")}
	return h.site.Render(c, http.StatusOK, "surveys/survey_results", page)
}

func (h handlers) figures(c *gin.Context, r surveys.Results) (list []figure) {
	p := h.site.Printer(c)
	for _, q := range r.Survey.Questions {
		if q.Kind == contract.AskText || r.Hidden {
			continue
		}
		f := figure{SurveyQuestion: q, Answered: r.Tallies.Of(q), Median: r.Tallies.Median(q)}
		for _, value := range q.Values() {
			text := value
			switch q.Kind {
			case contract.AskChoice:
				text = p.Value(q.Option(value))
			case contract.AskYesNo:
				text = p.T("surveys.answer." + value)
			}
			f.Values = append(f.Values, counted{text, r.Tallies[q.Key][value], r.Tallies.Share(q, value)})
		}
		list = append(list, f)
	}
	return list
}

// sendResults writes the counts as a file: a line for each answer that can be counted, in the order of the questions.
func (h handlers) sendResults(c *gin.Context, page *surveyResultsPage) error {
	p := h.site.Printer(c)
	var rows [][]string
	for _, f := range page.Figures {
		for _, v := range f.Values {
			rows = append(rows, []string{p.Value(f.Text), v.Text, strconv.Itoa(v.Count), strconv.Itoa(v.Share)})
		}
	}
	head := []string{p.T("surveys.question"), p.T("surveys.answered_with"), p.T("surveys.count"), p.T("surveys.share")}
	return request.SendCSV(c, "survey.csv", head, rows)
}
