package decisions

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type templateListPage struct {
	web.Page
	Authorities []authorityRows
}

// authorityRows are the templates of one authority: for every service, and for each that may have its own.
type authorityRows struct {
	decisions.Named
	Rows []row
}

// row is a line of the table: every service, or one of them.
type row struct {
	decisions.Named
	Granted, Refused cell
}

// cell is a template as the table shows it.
type cell struct {
	decisions.Template
	Href  string
	Every bool // it is for every service, so that without it the portal's own is in force
}

// everyService stands in addresses for a template of every service.
const everyService = "every"

func hrefOf(k decisions.Key) string {
	service := everyService
	if k.Service != uuid.Nil {
		service = k.Service.String()
	}
	return "/decisions/" + k.Authority.String() + "/" + service + "/" + string(k.Outcome)
}

func (h handlers) list(c *gin.Context) error {
	board, err := h.Templates.Board(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "decisions/template_list", pageOf(board))
}

func pageOf(b decisions.Board) *templateListPage {
	written := map[decisions.Key]decisions.Template{}
	for _, t := range b.Templates {
		written[t.Key] = t
	}
	line := func(authority uuid.UUID, n decisions.Named) row {
		of := func(o decisions.Outcome) cell {
			k := decisions.Key{Authority: authority, Service: n.ID, Outcome: o}
			t := written[k]
			t.Key = k
			return cell{t, hrefOf(k), n.ID == uuid.Nil}
		}
		return row{n, of(decisions.Granted), of(decisions.Refused)}
	}
	page := &templateListPage{}
	for _, a := range b.Authorities {
		rows := []row{line(a.ID, decisions.Named{})}
		for _, s := range b.Services {
			if s.Authority == a.ID {
				rows = append(rows, line(a.ID, s))
			}
		}
		page.Authorities = append(page.Authorities, authorityRows{a, rows})
	}
	return page
}
