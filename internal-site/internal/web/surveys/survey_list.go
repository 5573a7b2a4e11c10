package surveys

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type surveyListPage struct {
	web.Page
	Surveys []surveys.Survey
	Makes   bool
}

// list shows every survey that the actor may see.
func (h handlers) list(c *gin.Context) error {
	actor := session.Actor(c)
	list, err := h.Surveys.List(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "surveys/survey_list", &surveyListPage{Surveys: list, Makes: access.MayEver(actor, surveys.Make)})
}
