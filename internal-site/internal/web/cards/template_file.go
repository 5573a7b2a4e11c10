package cards

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
)

// template hands out a form or sample of the service.
func (h handlers) template(c *gin.Context) error {
	service, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	id, err := request.ID(c, "file")
	if err != nil {
		return err
	}
	files, err := h.Files.Templates(c.Request.Context(), session.Actor(c), service)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.ID == id {
			return download.Send(c, h.Vault, f)
		}
	}
	return fault.New(fault.NotFound, "")
}
