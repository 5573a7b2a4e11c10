package work

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

const pageSize = 50

type listPage struct {
	web.Page
	Jobs    []work.Job
	Others  bool   // what the people of one's places asked for stands here too
	Running bool   // something is not over
	Follow  bool   // the reader wants the page to come again by itself: it would take the focus from whoever has not asked
	First   string // address of the first page; "" on it
	Older   string // of the next one; "" on the last
	me      uuid.UUID
	kinds   handlers
	words   *locale.Printer
}

// Mine says whether the reader asked for it.
func (p *listPage) Mine(j work.Job) bool { return j.By == p.me }

// Name is what the work is called.
func (p *listPage) Name(j work.Job) string {
	kind, known := p.kinds.kind(j.Kind)
	switch {
	case !known:
		return p.words.T("work.kind.unknown")
	case kind.Says != nil:
		return p.words.T("work.kind."+j.Kind) + ": " + kind.Says(p.words, j.Told)
	}
	return p.words.T("work.kind." + j.Kind)
}

// Bar is how far it is, for those who see; nothing where the total is not known.
func (p *listPage) Bar(j work.Job) *bar {
	percent, known := j.Percent()
	if !known {
		return nil
	}
	return &bar{percent}
}

type bar struct{ Percent int }

// isPlace takes what names a place in the list.
func isPlace(value string) bool {
	_, ok := placeOf(value)
	return ok
}

// placeOf reads a place in the list as an address names it: moment and piece of work.
func placeOf(value string) (at work.Place, ok bool) {
	moment, id, _ := strings.Cut(value, "_")
	var err error
	if at.At, err = time.Parse(time.RFC3339Nano, moment); err != nil {
		return at, false
	}
	at.ID, err = uuid.Parse(id)
	return at, err == nil && at.ID != uuid.Nil
}

func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, request.Filter{"after": isPlace, "follow": request.OneOf("on")})
	if err != nil {
		return err
	}
	actor := session.Actor(c)
	at, _ := placeOf(form.Value("after"))
	others := access.MayEver(actor, work.See)
	found, err := h.Work.List(c.Request.Context(), actor, others, at, pageSize)
	if err != nil {
		return err
	}
	p := &listPage{Page: web.Page{Wide: true}, Jobs: found.Jobs, Others: others, me: actor.UserID, kinds: h, words: h.site.Printer(c)}
	for _, j := range found.Jobs {
		p.Running = p.Running || !j.State.Over()
	}
	p.Follow = p.Running && form.Value("follow") == "on"
	if at.ID != uuid.Nil {
		p.First = "/work"
	}
	if found.More {
		last := found.Jobs[len(found.Jobs)-1].Place()
		p.Older = "/work?after=" + url.QueryEscape(last.At.UTC().Format(time.RFC3339Nano)+"_"+last.ID.String())
	}
	return h.site.Render(c, http.StatusOK, "work/work_list", p)
}

// stop ends work before its end. What has ended meanwhile is told, and nothing else happens.
func (h handlers) stop(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	err = h.Work.Stop(c.Request.Context(), session.Actor(c), id)
	switch {
	case fault.Is(err, fault.Conflict):
		h.site.FlashTrouble(c, fault.MessageKey(err))
	case err != nil:
		return err
	default:
		h.site.Flash(c, "work.is_stopped")
	}
	return web.Redirect(c, "/work")
}
