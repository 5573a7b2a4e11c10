package cabinet

import (
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/own"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// sharePage is where a document is given away, and, once it was, the link and the code, which are shown this once.
type sharePage struct {
	web.Page
	Form     *web.Form
	Document own.Document
	Version  own.Version
	Days     []ui.Choice
	Times    []ui.Choice
	Tries    int

	Link   string // "" before it was given away
	Code   string
	Whom   string
	EndsAt time.Time
}

// versionOf is the version that the address names, and its document.
func (h *handlers) versionOf(c *gin.Context, holder account.Holder) (own.Document, own.Version, error) {
	key, err := id(c)
	if err != nil {
		return own.Document{}, own.Version{}, err
	}
	return h.versionNamed(c, holder, key)
}

func (h *handlers) versionNamed(c *gin.Context, holder account.Holder, key uuid.UUID) (own.Document, own.Version, error) {
	list, err := h.Shelf.List(c.Request.Context(), holder)
	if err != nil {
		return own.Document{}, own.Version{}, err
	}
	for _, d := range list {
		for _, v := range d.Versions {
			if v.ID == key {
				return d, v, nil
			}
		}
	}
	return own.Document{}, own.Version{}, fault.New(fault.NotFound, "own.not_there")
}

func (h *handlers) sharePage(c *gin.Context, d own.Document, v own.Version, form *web.Form) *sharePage {
	p := &sharePage{Form: form, Document: d, Version: v, Tries: own.WrongCodes}
	for _, days := range own.ShareDays {
		p.Days = append(p.Days, ui.NewChoice(strconv.Itoa(days), h.site.T(c, "cabinet.share_days", days)))
	}
	for _, times := range own.ShareTimes {
		p.Times = append(p.Times, ui.NewChoice(strconv.Itoa(times), h.site.T(c, "cabinet.share_times", times)))
	}
	h.own(c, &p.Page, h.documentsTrail(c), ui.Link{Href: at(d), Text: d.Name})
	return p
}

func (h *handlers) share(c *gin.Context, holder account.Holder) error {
	d, v, err := h.versionOf(c, holder)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("days", strconv.Itoa(own.ShareDays[1]))
	form.Set("times", strconv.Itoa(own.ShareTimes[0]))
	return h.site.Render(c, http.StatusOK, "cabinet/share", h.sharePage(c, d, v, form))
}

// sharePost makes a link and a code, and shows them once.
func (h *handlers) sharePost(c *gin.Context, holder account.Holder) error {
	d, v, err := h.versionOf(c, holder)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	p := h.sharePage(c, d, v, form)
	p.Whom = form.Value("whom")
	form.Required("whom", "cabinet.share_whom_required")
	form.Check(utf8.RuneCountInString(p.Whom) <= own.MaxWhom, "whom", "cabinet.share_whom_long", own.MaxWhom)
	days, times := among(form, "days", own.ShareDays), among(form, "times", own.ShareTimes)
	if !form.OK() || web.ShowOnly(c) {
		return h.site.Invalid(c, "cabinet/share", form, p)
	}
	free, err := h.limits.asking.Take(c.Request.Context(), h.site.ClientKey(c), "cabinet.busy")
	if err != nil {
		return err
	}
	defer free()
	given, err := h.Shelf.Give(c.Request.Context(), holder, v.ID, p.Whom, days, times)
	if fault.Is(err, fault.Conflict) {
		form.Add("", fault.MessageKey(err), own.MaxShares)
		return h.again(c, http.StatusConflict, "cabinet/share", form, p)
	}
	if err != nil {
		return err
	}
	p.Link, p.Code, p.EndsAt = h.BaseURL+"/cabinet/shared/"+given.Word, contract.ShowProof(given.Code), given.EndsAt
	return h.site.Render(c, http.StatusOK, "cabinet/share", p)
}

// among reads a number that was offered.
func among(form *web.Form, name string, offered []int) int {
	n, err := strconv.Atoi(form.Value(name))
	form.Check(err == nil && slices.Contains(offered, n), name, "cabinet.share_choose")
	return n
}

// shareEnd takes back what was given away.
func (h *handlers) shareEnd(c *gin.Context, holder account.Holder) error {
	if err := h.Shelf.EndShare(c.Request.Context(), holder, c.Param("id")); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.share_ended")
	return web.Redirect(c, "/cabinet/documents")
}
