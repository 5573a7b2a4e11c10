package users

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type proposalListPage struct {
	web.Page
	Views     ui.SubNavigation
	Proposals []proposal
}

// proposal is one of them with what pages say of it.
type proposal struct {
	access.Proposal
	Where   string
	Mine    bool           // the reader made it
	Changes []conflict.Row // widen: what changes in the group
}

func (h handlers) proposalList(c *gin.Context) error {
	actor, p := session.Actor(c), h.site.Printer(c)
	list, err := h.Users.Proposals(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	places, err := h.places(c)
	if err != nil {
		return err
	}
	page := &proposalListPage{Views: h.views(c, "/users/proposals")}
	for _, each := range list {
		line := proposal{Proposal: each, Where: where(places, each.Grant), Mine: each.ProposedBy == actor.UserID}
		if each.Kind == access.Widen && each.State == "waiting" {
			line.Changes = slices.Concat(changedFactor(p, each.PresentFactor, each.Content.Factor), changedRights(p, each.Present, each.Content.Rights, each.GroupPlace))
		}
		page.Proposals = append(page.Proposals, line)
	}
	return h.site.Render(c, http.StatusOK, "users/proposal_list", page)
}

func (h handlers) confirm(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	made, err := h.Users.Confirm(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return err
	}
	if made.Password != "" {
		return h.once(c, made)
	}
	h.site.Flash(c, "users.confirmed")
	return web.Redirect(c, "/users/proposals")
}

func (h handlers) reject(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	if err := h.Users.Reject(c.Request.Context(), session.Actor(c), id); err != nil {
		return err
	}
	h.site.Flash(c, "users.rejected")
	return web.Redirect(c, "/users/proposals")
}
