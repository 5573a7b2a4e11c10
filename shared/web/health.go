package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// alive answers /livez and /healthz on the address that everybody can reach: the process answers, and no more. What it needs,
// and whether that is there, is asked on the address of shared/operations.
func alive(c *gin.Context) { c.String(http.StatusOK, "ok\n") }
