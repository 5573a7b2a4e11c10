package pages

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/area"
)

//go:embed sw.js
var worker []byte

//go:embed sw_off.js
var workerOff []byte

// offlinePath is the page that is shown where there is no line.
const offlinePath = "/offline"

// serviceWorker sends the script that keeps cards for reading without a line; where the installation has switched that off, one
// that forgets what was kept. Browsers ask for it again on each visit.
func (h *handlers) serviceWorker(c *gin.Context) error {
	c.Header("Cache-Control", "no-cache")
	if h.NoOffline {
		c.Data(http.StatusOK, "text/javascript; charset=utf-8", workerOff)
		return nil
	}
	settings, err := json.Marshal(gin.H{"personal": area.Robots(h.Others), "offline": offlinePath})
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", slices.Concat([]byte("self.settings = "), settings, []byte("\n"), worker))
	return nil
}
