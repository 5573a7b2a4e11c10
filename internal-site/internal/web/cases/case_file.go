package cases

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
)

// file hands out a document of a case.
func (h handlers) file(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	fileID, err := request.ID(c, "file")
	if err != nil {
		return err
	}
	f, err := h.Cases.File(c.Request.Context(), session.Actor(c), id, fileID)
	if err != nil {
		return err
	}
	return download.Send(c, h.Vault, f)
}
