package region

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/documents"
	domain "portal.example/internal-site/internal/region"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

var uploadLimits = web.UploadLimits{File: domain.MaxArms, Total: 2 * domain.MaxArms, Files: 1, Types: []web.FileType{web.PNG, web.JPEG}}

type regionEditPage struct {
	web.Page
	Form    *web.Form
	HasArms bool
	ArmsURL string
	NoArms  []ui.Choice
	Apart   []ui.Choice
}

// profileForm is the profile as it is typed.
type profileForm struct {
	Version   int    `form:"version"`
	NameUK    string `form:"name.uk"`
	NameEN    string `form:"name.en"`
	OwnerUK   string `form:"owner.uk"`
	OwnerEN   string `form:"owner.en"`
	HelpPhone string `form:"help_phone"`
	NoticeUK  string `form:"notice.uk"`
	NoticeEN  string `form:"notice.en"`
	AltUK     string `form:"arms_alt.uk"`
	AltEN     string `form:"arms_alt.en"`
	NoArms    bool   `form:"no_arms"`

	AppealUK   string `form:"appeal.uk"`
	AppealEN   string `form:"appeal.en"`
	AppealDays int    `form:"appeal_days"`
	Separate   bool   `form:"separate_duties"`

	ExtensionDays int `form:"extension_days"`
	StorageDays   int `form:"storage_days"`
}

func formOf(p domain.Profile) *web.Form {
	form := web.FormOf(profileForm{
		Version: p.Version, NameUK: p.Name.UK, NameEN: p.Name.EN, OwnerUK: p.Owner.UK, OwnerEN: p.Owner.EN, HelpPhone: p.HelpPhone,
		NoticeUK: p.Notice.UK, NoticeEN: p.Notice.EN, AltUK: p.ArmsAlt.UK, AltEN: p.ArmsAlt.EN,
		AppealUK: p.Appeal.UK, AppealEN: p.Appeal.EN, AppealDays: p.AppealDays, Separate: p.SeparateDuties,
		ExtensionDays: p.ExtensionDays, StorageDays: p.StorageDays,
	})
	form.Set(conflict.BaseField, conflict.Base(form.All()))
	return form
}

func read(form *web.Form) domain.Profile {
	var in profileForm
	form.Bind(&in)
	return domain.Profile{
		Version: request.Version(form), Name: locale.Text{UK: in.NameUK, EN: in.NameEN}, Owner: locale.Text{UK: in.OwnerUK, EN: in.OwnerEN},
		HelpPhone: plain.Spelled(in.HelpPhone), Notice: locale.Text{UK: in.NoticeUK, EN: in.NoticeEN}, ArmsAlt: locale.Text{UK: in.AltUK, EN: in.AltEN},
		NoArms: in.NoArms, Appeal: locale.Text{UK: in.AppealUK, EN: in.AppealEN}, AppealDays: in.AppealDays, SeparateDuties: in.Separate,
		ExtensionDays: in.ExtensionDays, StorageDays: in.StorageDays,
	}
}

func (h handlers) edit(c *gin.Context) error {
	saved, err := h.Region.Get(c.Request.Context())
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, saved, formOf(saved))
}

func (h handlers) editPost(c *gin.Context) error {
	var file web.Upload
	var data bytes.Buffer
	form, err := h.site.ReadUpload(c, uploadLimits, func(u web.Upload) error {
		file = u
		_, err := io.Copy(&data, u.Body)
		return err
	})
	if err != nil {
		return err
	}
	saved, err := h.Region.Get(c.Request.Context())
	if err != nil {
		return err
	}
	if conflict.Picked(form) {
		form = conflict.Merge(form, formOf(saved).All())
	}
	if form.Value("do") == conflict.DoEdit {
		return h.render(c, http.StatusOK, saved, form)
	}
	profile := read(form)
	if form.OK() && data.Len() > 0 {
		if profile.Arms, err = h.arrived(c, file, data.Bytes()); err != nil && !form.Take(err) {
			return err
		}
	}
	if form.OK() {
		err = h.Region.Save(c.Request.Context(), session.Actor(c), profile)
		if fault.Is(err, fault.Conflict) {
			return h.conflict(c, saved, form)
		}
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return h.render(c, http.StatusUnprocessableEntity, saved, form)
	}
	h.Watch.Forget()
	h.site.Flash(c, "region.saved")
	return web.Redirect(c, "/region")
}

// arrived looks into an uploaded picture, as into every file that enters, and draws it anew.
func (h handlers) arrived(c *gin.Context, file web.Upload, data []byte) ([]byte, error) {
	_, err := h.Vault.Inspect(c.Request.Context(), file.Type.MediaType, data)
	if key := documents.Refusal(err); key != "" {
		return nil, fault.InvalidFields(fault.FieldError{Field: file.Field, Key: key})
	}
	if err != nil {
		return nil, err
	}
	return domain.Draw(data)
}

func (h handlers) conflict(c *gin.Context, saved domain.Profile, form *web.Form) error {
	by, err := h.Region.LastChange(c.Request.Context())
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &conflict.Page{
		Action: "/region", Saved: "/region", Overwrite: true, By: by,
		Latest: formOf(saved).All(),
	}
	page.Rows = conflict.Compare(p, "region.field.", page.Latest, form.All(), map[string]conflict.Meaning{"no_arms": conflict.Tick(p), "separate_duties": conflict.Tick(p)})
	return conflict.Render(h.site, c, page, form.All(), strconv.Itoa(saved.Version))
}

func (h handlers) render(c *gin.Context, status int, saved domain.Profile, form *web.Form) error {
	p := h.site.Printer(c)
	page := &regionEditPage{
		Form: form, HasArms: saved.HasArms, ArmsURL: "/region/arms?v=" + strconv.Itoa(saved.Version),
		Apart:  []ui.Choice{ui.NewChoice("true", p.T("region.separate_duties_yes"), p.T("region.separate_duties_hint"))},
		NoArms: []ui.Choice{ui.NewChoice("true", p.T("region.no_arms_yes"))},
	}
	page.Errors = form.Errors()
	return h.site.Render(c, status, "region/region_edit", page)
}
