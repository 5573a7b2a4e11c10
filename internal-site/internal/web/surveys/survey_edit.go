package surveys

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type surveyEditPage struct {
	web.Page
	Form     *web.Form
	New      bool
	Services []ui.SelectItem
	Centres  []ui.SelectItem
}

// begin is the form of a new survey.
func (h handlers) begin(c *gin.Context) error {
	page, err := h.editPage(c, web.NewForm(nil), nil)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "surveys/survey_edit", page)
}

// editPage is the page of a new survey, or of the settings of one that is there.
func (h handlers) editPage(c *gin.Context, form *web.Form, s *surveys.Survey) (*surveyEditPage, error) {
	page := &surveyEditPage{Form: form, New: s == nil}
	if s != nil {
		page.Back = &ui.Link{Href: "/surveys/" + s.ID.String(), Text: h.site.T(c, "surveys.back")}
		return page, nil
	}
	page.Back = &ui.Link{Href: "/surveys", Text: h.site.T(c, "surveys.title")}
	var err error
	page.Services, page.Centres, err = h.places(c)
	return page, err
}

func (h handlers) places(c *gin.Context) (services, centres []ui.SelectItem, err error) {
	p := h.site.Printer(c)
	all, at, err := h.Surveys.Places(c.Request.Context())
	named := func(one surveys.Place) (string, locale.Text) { return one.ID.String(), one.Name }
	return request.Options(p, p.T("surveys.any_service"), all, named), request.Options(p, p.T("surveys.any_centre"), at, named), err
}

func settingsOf(form *web.Form) (surveys.Settings, error) {
	s := surveys.Settings{
		Title: locale.Text{UK: form.Value("title.uk"), EN: form.Value("title.en")}, About: locale.Text{UK: form.Value("about.uk"), EN: form.Value("about.en")},
		ResultsAfter: form.Value("after") == "yes", FirstDay: dateOf(form.Date("first")),
	}
	if last := dateOf(form.Date("last")); !last.IsZero() {
		s.LastDay = &last
	}
	return s, fault.InvalidFields(form.Errors()...)
}

// dateOf is a day that was typed as a column holds it.
func dateOf(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return workdays.DateOf(at)
}

// create makes a draft and leads to its questions.
func (h handlers) create(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	settings, err := settingsOf(form)
	id := uuid.Nil
	if err == nil {
		id, err = h.Surveys.Create(c.Request.Context(), session.Actor(c), request.FormID(form, "service"), request.FormID(form, "centre"), settings)
	}
	if err == nil {
		return web.Redirect(c, "/surveys/"+id.String())
	}
	return h.editAgain(c, form, nil, err)
}

func (h handlers) editAgain(c *gin.Context, form *web.Form, s *surveys.Survey, err error) error {
	if form.OK() && !form.Take(err) {
		return err
	}
	page, err := h.editPage(c, form, s)
	if err != nil {
		return err
	}
	return h.site.Invalid(c, "surveys/survey_edit", form, page)
}

func (h handlers) one(c *gin.Context) (surveys.Survey, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return surveys.Survey{}, err
	}
	return h.Surveys.Get(c.Request.Context(), session.Actor(c), id)
}

// settings is the form of what a survey is besides its questions.
func (h handlers) settings(c *gin.Context) error {
	s, err := h.one(c)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	for name, text := range map[string]string{"title.uk": s.Title.UK, "title.en": s.Title.EN, "about.uk": s.About.UK, "about.en": s.About.EN} {
		form.Set(name, text)
	}
	setDate(form, "first", s.FirstDay)
	if s.LastDay != nil {
		setDate(form, "last", *s.LastDay)
	}
	if s.ResultsAfter {
		form.Set("after", "yes")
	}
	form.Set("version", strconv.Itoa(s.Version))
	page, err := h.editPage(c, form, &s)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "surveys/survey_edit", page)
}

func setDate(form *web.Form, name string, day time.Time) {
	form.Set(name+"-day", strconv.Itoa(day.Day()))
	form.Set(name+"-month", strconv.Itoa(int(day.Month())))
	form.Set(name+"-year", strconv.Itoa(day.Year()))
}

func (h handlers) saveSettings(c *gin.Context) error {
	s, err := h.one(c)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	settings, err := settingsOf(form)
	if err == nil {
		err = h.Surveys.Change(c.Request.Context(), session.Actor(c), s.ID, request.Version(form), "change", func(s *surveys.Survey) error { return s.Set(settings) })
	}
	if err == nil {
		return web.Redirect(c, "/surveys/"+s.ID.String())
	}
	return h.editAgain(c, form, &s, err)
}
