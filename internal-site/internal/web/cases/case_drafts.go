package cases

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

// drafts keeps what the script of a case's page has seen typed, and says who else looks at the case.
func (h handlers) drafts(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	typed := map[string]string{}
	for _, field := range draftFields() {
		if form.Has(field) {
			typed[field] = form.Value(field)
		}
	}
	others, err := h.Cases.KeepDrafts(c.Request.Context(), session.Actor(c), id, typed)
	if err != nil {
		return err
	}
	lines := make([]string, len(others))
	for i, o := range others {
		key := "cases.present"
		if o.Writing {
			key = "cases.present_writing"
		}
		lines[i] = h.site.T(c, key, o.Name)
	}
	c.JSON(http.StatusOK, gin.H{"others": strings.Join(lines, " · ")})
	return nil
}

// draftFields are the fields of texts that acts take.
func draftFields() (fields []string) {
	for _, f := range actForms {
		if field := cases.FieldOf(f.act); slices.Contains(f.fields, field) {
			fields = append(fields, field)
		}
	}
	return fields
}

// fillDrafts puts into the page what its reader has typed before and not sent.
func (h handlers) fillDrafts(c *gin.Context, page *caseShowPage, id uuid.UUID) error {
	drafts, err := h.Cases.Drafts(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	for _, field := range draftFields() {
		if d, ok := drafts[field]; ok && !page.Form.Has(field) {
			page.Form.Set(field, d.Text)
			if page.Drafted.Before(d.At) {
				page.Drafted = d.At
			}
		}
	}
	return nil
}
