package cases

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// caseFile finds the document of the case that the address names.
func (h handlers) caseFile(c *gin.Context) (documents.File, error) {
	return download.Find(c, h.Cases.File)
}

// openFile finds the document that the address names and writes down that its bytes are opened.
func (h handlers) openFile(c *gin.Context, saved bool) (documents.File, error) {
	f, err := h.caseFile(c)
	if err != nil || h.Openings == nil {
		return f, err
	}
	return f, h.Openings.RecordOpening(c.Request.Context(), session.Actor(c), f, saved)
}

// file hands out a document of a case.
func (h handlers) file(c *gin.Context) error {
	f, err := h.openFile(c, true)
	if err != nil {
		return err
	}
	return download.Send(c, h.Vault, f)
}

// fileBytes sends a document to be looked at in its page.
func (h handlers) fileBytes(c *gin.Context) error {
	f, err := h.openFile(c, false)
	if err != nil {
		return err
	}
	return download.Show(c, h.Vault, f)
}

// filePreview sends the view that was made of a document, to be looked at in its page.
func (h handlers) filePreview(c *gin.Context) error {
	f, err := h.openFile(c, false)
	if err != nil {
		return err
	}
	if h.Previews == nil || !h.Previews.Takes(f) {
		return web.Redirect(c, fmt.Sprintf("/cases/%s/files/%s/bytes", f.CaseID, f.ID))
	}
	web.Extend(c, previewWithin)
	pdf, err := h.Previews.PDF(c.Request.Context(), f)
	if err != nil {
		return download.Instead(c, h.site.Printer(c), err)
	}
	download.View(c, f, pdf)
	return nil
}

// previewWithin is how long somebody waits for a view: those before it, its own making, and a slow line.
const previewWithin = 3 * time.Minute

type caseFilePage struct {
	web.Page
	Case    cases.Case
	File    documents.File
	Look    download.Look
	Made    bool               // it is shown as a PDF that was made of it
	Unshown string             // the key of the words that say why it is not shown
	By      string             // who brought it in
	Seen    bool               // the applicant can open it on the public site
	Sound   bool               // its bytes are those of the register
	Damaged bool               // they are others, or gone
	All     []documents.File   // the case's documents, the newest of each name first
	Older   map[uuid.UUID]bool // those of All of which there is a newer one under the same name
	Before  *documents.File
	After   *documents.File
	Checked string   // what the malware scanner said
	Signed  []signed // what is known of the electronic signatures of the document, or in it
	Number  string   // by which anybody checks a document that was issued; "" of others
	CheckAt string   // where; "" when the public site is not known
	Went    []went   // where a result went, for those who may take it back
}

// showFile shows a document beside what the register knows of it and the other documents of its case.
func (h handlers) showFile(c *gin.Context) error {
	f, err := h.caseFile(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	w, err := h.Cases.Work(ctx, session.Actor(c), *f.CaseID)
	if err != nil {
		return err
	}
	_, applicant, files, err := h.Cases.Around(ctx, w)
	if err != nil {
		return err
	}
	page := &caseFilePage{Checked: checked(h.site.Printer(c), f), Case: w.Case, File: f, Look: download.LookOf(f), By: broughtBy(h.site.Printer(c), w, f), Seen: seenOutside(f, files)}
	page.Breadcrumbs = []ui.Link{
		{Href: listHref(c), Text: h.site.T(c, "cases.title")}, {Href: opened(w.Case.ID, listQuery(c)), Text: w.Case.Number}, {Text: f.FileName},
	}
	if f.Purpose == documents.Result {
		if page.Number, err = h.Cases.DocumentNumber(ctx, f); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if page.Number != "" && h.PublicURL != "" {
			page.CheckAt = h.PublicURL + contract.IssuedPath + "/" + page.Number
		}
		if page.Went, err = h.whereItWent(ctx, session.Actor(c), w, []documents.File{f}, files); err != nil {
			return err
		}
	}
	page.list(files)
	h.fillLook(page)
	if page.Signed, err = h.signed(ctx, w, applicant, f, files); err != nil {
		return err
	}
	if page.Sound, page.Damaged, err = h.sound(ctx, f); err != nil {
		return err
	}
	web.FramesOwn(c)
	return h.site.Render(c, http.StatusOK, "cases/case_file", page)
}

// fillLook says how the document is shown, or why it is not.
func (h handlers) fillLook(page *caseFilePage) {
	switch {
	case page.Look != download.Kept:
	case h.Previews == nil || !h.Previews.Takes(page.File):
		page.Unshown = "cases.file.kept"
	default:
		if err := h.Previews.Look(page.File); err != nil {
			page.Unshown = fault.MessageKey(err)
			return
		}
		page.Made = true
	}
}

// checked is what the malware scanner said of the document when it entered; notes of other kinds stand as they are.
func checked(p *locale.Printer, f documents.File) string {
	if key := documents.CheckOf(f); key != "" {
		return p.T(key)
	}
	return f.Notes
}

// broughtBy names who brought the document in: the applicant over the public site, or a member of staff, by the name that the
// case's history knows them under.
func broughtBy(p *locale.Printer, w *cases.Work, f documents.File) string {
	if f.UploadedBy == nil {
		return p.T("cases.file.by_applicant")
	}
	return cmp.Or(actorOf(w, f), p.T("cases.file.by_staff"))
}

// actorOf is the name of the account that brought the file in, as the history of the case has it; "" when it has none.
func actorOf(w *cases.Work, f documents.File) string {
	for _, e := range w.Events {
		if f.UploadedBy != nil && e.ActorID != nil && *e.ActorID == *f.UploadedBy {
			return e.Actor
		}
	}
	return ""
}

// sound reads the document's bytes and says whether they are those of the register. While the store does not answer nothing is said.
func (h handlers) sound(ctx context.Context, f documents.File) (sound, damaged bool, err error) {
	switch err = h.Vault.Check(ctx, f); {
	case err == nil:
		return true, false, nil
	case ctx.Err() != nil:
		return false, false, err
	case fault.Is(err, fault.Unavailable):
		return false, false, nil
	}
	return false, true, nil
}

// seenOutside says whether the applicant can open the document on the public site: it was sealed to their code together with
// this original.
func seenOutside(f documents.File, files []documents.File) bool {
	for _, other := range files {
		if other.Published && other.SealedOf(f) {
			return true
		}
	}
	return false
}

// list puts the case's documents in order: each name's newest version first and its older ones after it.
func (page *caseFilePage) list(files []documents.File) {
	page.Older = map[uuid.UUID]bool{}
	type name struct {
		purpose documents.Purpose
		title   string
	}
	versions := map[name][]documents.File{}
	var names []name
	for _, f := range files {
		if f.Purpose != documents.Received && f.Purpose != documents.Result {
			continue
		}
		n := name{f.Purpose, f.Title}
		if versions[n] == nil {
			names = append(names, n)
		}
		versions[n] = append([]documents.File{f}, versions[n]...)
	}
	for _, n := range names {
		for _, f := range versions[n] {
			page.Older[f.ID] = f.UploadedAt.Before(versions[n][0].UploadedAt) // what came together, such as a file and its signature, is no two versions
			page.All = append(page.All, f)
		}
	}
	for i := range page.All {
		if page.All[i].ID != page.File.ID {
			continue
		}
		if i > 0 {
			page.Before = &page.All[i-1]
		}
		if i+1 < len(page.All) {
			page.After = &page.All[i+1]
		}
	}
}
