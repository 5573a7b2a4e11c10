package surveys

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type surveyShowPage struct {
	web.Page
	Survey surveys.Survey
	Makes  bool
}

// show is one survey with its questions.
func (h handlers) show(c *gin.Context) error {
	s, err := h.one(c)
	if err != nil {
		return err
	}
	page := &surveyShowPage{Survey: s, Makes: access.MayEver(session.Actor(c), surveys.Make)}
	page.Back = &ui.Link{Href: "/surveys", Text: h.site.T(c, "surveys.title")}
	return h.site.Render(c, http.StatusOK, "surveys/survey_show", page)
}

// act publishes or closes the survey, or moves or removes a question.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ctx, actor, version, key := c.Request.Context(), session.Actor(c), request.Version(form), form.Value("question")
	act := form.Value("act")
	switch act {
	case "publish":
		err = h.Surveys.Change(ctx, actor, id, version, act, func(s *surveys.Survey) error { return s.Publish() })
	case "close":
		err = h.Surveys.Close(ctx, actor, id, version)
	case "remove":
		err = h.Surveys.Change(ctx, actor, id, version, "change", func(s *surveys.Survey) error { return s.Remove(key) })
	case "raise":
		err = h.Surveys.Change(ctx, actor, id, version, "change", func(s *surveys.Survey) error { return s.Raise(key) })
	default:
		return fault.New(fault.Invalid, "")
	}
	if err != nil {
		return err
	}
	h.site.Flash(c, "surveys.done."+act)
	return web.Redirect(c, "/surveys/"+id.String())
}
